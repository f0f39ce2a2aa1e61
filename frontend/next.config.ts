import type { NextConfig } from 'next'
import { PHASE_DEVELOPMENT_SERVER } from 'next/constants'

// The base path is not known when the dashboard is built. Whoever serves the exported files replaces this word,
// in every text file, with the path they are served under: '' or '/firmograph'. See README.md.
const BASE_PATH = '/__firmograph_base__'

export default function config(phase: string): NextConfig {
  const isDevelopment = phase === PHASE_DEVELOPMENT_SERVER
  return {
    output: 'export',
    trailingSlash: true,
    reactStrictMode: true,
    poweredByHeader: false,
    images: { unoptimized: true },
    devIndicators: false,
    ...(isDevelopment ? {} : { basePath: BASE_PATH }),
  }
}
