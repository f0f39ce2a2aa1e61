// Looks at out/ after a build: how much JavaScript each page loads first, that no page names a foreign host, and that
// nothing in it needs a looser Content-Security-Policy than hashes of inline scripts.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const OUT = 'out'
const BASE = '/__firmograph_base__'
const MAX_FIRST_LOAD = 250_000

const pages = readdirSync(OUT, { recursive: true }).filter((name) => name.endsWith('.html'))
const sizes = new Map()
const sizeOf = (name) => {
  if (!sizes.has(name)) sizes.set(name, gzipSync(readFileSync(join(OUT, name))).length)
  return sizes.get(name)
}
const troubles = []

for (const page of pages.sort()) {
  const html = readFileSync(join(OUT, page), 'utf8')
  const markup = html.replace(/<script\b[^>]*>[\s\S]*?<\/script>/g, '')
  const scripts = new Set()
  for (const [tag, source] of html.matchAll(/<script\b[^>]*\bsrc="([^"]+)"[^>]*>/g)) {
    if (!tag.includes('noModule')) scripts.add(source)
  }
  let total = 0
  for (const source of scripts) {
    if (source.startsWith(BASE)) total += sizeOf(source.slice(BASE.length + 1))
    else troubles.push(`${page}: a script from ${source}`)
  }
  for (const [, address] of markup.matchAll(/\b(?:src|href)="(https?:[^"]+|\/\/[^"]+)"/g)) {
    troubles.push(`${page}: names ${address}`)
  }
  if (/\sstyle="/.test(markup)) troubles.push(`${page}: has a style attribute, which the policy refuses`)
  if (/<style\b/.test(markup)) troubles.push(`${page}: has a style element, which the policy refuses`)
  if (/\son[a-z]+="/.test(markup)) troubles.push(`${page}: has an event handler in its markup`)
  if (total > MAX_FIRST_LOAD)
    troubles.push(`${page}: ${total} bytes of JavaScript at first load; at most ${MAX_FIRST_LOAD}`)
  console.log(`${String(Math.round(total / 1000)).padStart(5)} kB of JavaScript (gzip)  ${page}`)
}

for (const trouble of troubles) console.error(trouble)
process.exit(troubles.length > 0 ? 1 : 0)
