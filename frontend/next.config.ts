import type { NextConfig } from 'next'
import { PHASE_DEVELOPMENT_SERVER } from 'next/constants'

// The base path is not known when the dashboard is built. Whoever serves the exported files replaces this word,
// in every text file, with the path they are served under: '' or '/firmograph'. See README.md.
const BASE_PATH = '/__firmograph_base__'

const shared: NextConfig = {
  trailingSlash: true,
  reactStrictMode: true,
  poweredByHeader: false,
  images: { unoptimized: true },
  devIndicators: false,
}

const built: NextConfig = { ...shared, output: 'export', basePath: BASE_PATH }

// The API takes changes from pages of its own server alone, so in development the pages ask their own, which passes
// everything below /api on.
const inDevelopment: NextConfig = {
  ...shared,
  skipTrailingSlashRedirect: true,
  compress: false, // else events wait for each other
  rewrites: async () => {
    const api = (process.env.NEXT_PUBLIC_API_URL ?? 'http://localhost:8000/api').replace(/\/+$/, '')
    return [{ source: '/api/:path*', destination: `${api}/:path*` }]
  },
}

export default function config(phase: string): NextConfig {
  return phase === PHASE_DEVELOPMENT_SERVER ? inDevelopment : built
}
