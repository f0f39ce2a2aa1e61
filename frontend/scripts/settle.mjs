// Settles where the built dashboard is served and where its API is: copies out/ and replaces the two words that the
// build left open. firmograph serve does the same for itself; this is for other servers.
// Usage: node scripts/settle.mjs TARGET [--base /path] [--api /api]
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    base: { type: 'string', default: '' },
    api: { type: 'string' },
    from: { type: 'string', default: 'out' },
  },
})
const [target] = positionals
if (!target) {
  console.error('Say where to: node scripts/settle.mjs TARGET [--base /path] [--api /api]')
  process.exit(2)
}
const base = values.base.replace(/\/+$/, '')
const api = values.api ?? `${base}/api`
const isText = /\.(html|js|css|txt|json|svg|map)$/

rmSync(target, { recursive: true, force: true })
cpSync(values.from, target, { recursive: true })
for (const name of readdirSync(target, { recursive: true })) {
  const path = join(target, name)
  if (!isText.test(path) || !statSync(path).isFile()) continue
  const text = readFileSync(path, 'utf8')
  const settled = text.replaceAll('/__firmograph_base__', base).replaceAll('__firmograph_api__', api)
  if (settled !== text) writeFileSync(path, settled)
}
console.log(`${target}: served at ${base || '/'}, API at ${api}`)
