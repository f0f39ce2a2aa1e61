// Prints the headers of the settled dashboard as nginx takes them. The policy allows each inline script that the pages
// hold by its SHA-256, and nothing else inline; frontend/README.md says the rest.
// Usage: node site_headers.mjs SITE
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [site] = process.argv.slice(2)
if (!site) {
  console.error('Say which folder holds the settled dashboard: node site_headers.mjs SITE')
  process.exit(2)
}
const hashes = new Set()
for (const name of readdirSync(site, { recursive: true }).filter((each) => each.endsWith('.html'))) {
  const html = readFileSync(join(site, name), 'utf8')
  for (const [, attributes, script] of html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)) {
    if (/\bsrc=/.test(attributes) || script === '') continue
    hashes.add(`'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  }
}
const policy = [
  "default-src 'none'",
  ["script-src 'self'", ...[...hashes].sort()].join(' '),
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
const headers = {
  'Content-Security-Policy': policy,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}
for (const [name, value] of Object.entries(headers)) console.log(`add_header ${name} "${value}" always;`)
