import './globals.css'
import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import { AppShell } from '@/components/shell/app-shell'
import { Providers } from '@/components/shell/providers'
import { THEME_SCRIPT } from '@/components/shell/theme-script'

// Built, the page holds a word that whoever serves it replaces (README.md). In development /api is passed on to the API.
const API = process.env.NODE_ENV === 'development' ? '/api' : '__firmograph_api__'

export const metadata: Metadata = {
  title: { default: 'Firmograph', template: '%s · Firmograph' },
  description: 'A list of companies goes in, the same list comes out, with evidence and price.',
  robots: { index: false, follow: false },
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#15181e' },
  ],
}

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        <meta name="firmograph-api" content={API} />
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: our own constant; it has to run before the first paint. */}
        <script dangerouslySetInnerHTML={{ __html: THEME_SCRIPT }} />
      </head>
      <body>
        <Providers>
          <AppShell>{children}</AppShell>
        </Providers>
      </body>
    </html>
  )
}
