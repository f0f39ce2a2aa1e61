// Writes src/lib/api/generated from ../docs/reference/openapi.json; with --check says whether it is fresh.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

const here = new URL('..', import.meta.url).pathname
const home = join(here, 'src/lib/api/generated')
const isCheck = process.argv.includes('--check')
const target = isCheck ? mkdtempSync(join(tmpdir(), 'firmograph-client-')) : home

const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()

execFileSync(join(here, 'node_modules/.bin/openapi-ts'), ['--silent'], {
  cwd: here,
  stdio: 'inherit',
  env: { ...process.env, OPENAPI_OUTPUT: target },
})

if (isCheck) {
  const fresh = filesBelow(target)
  const stale =
    fresh.join() !== filesBelow(home).join() ||
    fresh.some((name) => readFileSync(join(target, name), 'utf8') !== readFileSync(join(home, name), 'utf8'))
  rmSync(target, { recursive: true })
  if (stale) {
    console.error('src/lib/api/generated is not what openapi.json says. Run: npm run generate')
    process.exit(1)
  }
  console.log('src/lib/api/generated is fresh.')
}
