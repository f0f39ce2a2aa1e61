// The servers of the journeys: a sandbox, a dashboard as it is on a laptop, and one with a token behind a path.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

export const TOKEN = 'a-token-of-the-journeys'
const FIRMOGRAPH = new URL('../../../.venv/bin/firmograph', import.meta.url).pathname
const PATIENCE_MS = 45_000
const LOOK_MS = 150

declare module 'vitest' {
  export interface ProvidedContext {
    /** Without a token, at the root. */
    plain: string
    /** With a token, below a path. */
    below: string
  }
}

const freePort = () =>
  new Promise<number>((done, fail) => {
    const server = createServer()
    server.once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' && address ? address.port : 0))
    })
  })

const answers = async (url: string) => {
  try {
    return (await fetch(url)).status < 500
  } catch {
    return false
  }
}

async function untilReady(child: ChildProcess, url: string, said: () => string): Promise<void> {
  const until = Date.now() + PATIENCE_MS
  while (Date.now() < until) {
    if (child.exitCode !== null) break
    if (await answers(url)) return
    await new Promise((done) => setTimeout(done, LOOK_MS))
  }
  throw new Error(`${url} did not answer:\n${said()}`)
}

async function start(
  folder: string,
  args: string[],
  port: number,
  path: string,
  env: Record<string, string>,
) {
  const child = spawn(FIRMOGRAPH, [...args, '--port', String(port)], {
    cwd: folder,
    env: { NODE_ENV: 'test', PATH: process.env.PATH ?? '', HOME: folder, PYTHONUTF8: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => {
      said = (said + part).slice(-4000)
    })
  await untilReady(child, `http://127.0.0.1:${port}${path}`, () => said)
  return child
}

const stopped = (child: ChildProcess) =>
  new Promise<void>((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done()
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
    child.once('exit', () => {
      clearTimeout(timer)
      done()
    })
    child.kill('SIGTERM')
  })

/** Starts them, tells the tests where they are, and gives back what ends them. */
export default async function setup(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), 'firmograph-e2e-'))
  const [sandbox, plain, below] = await Promise.all([freePort(), freePort(), freePort()])
  const settings = {
    EXPLORIUM_API_KEY: 'sk-journeys',
    EXPLORIUM_BASE_URL: `http://127.0.0.1:${sandbox}`,
    EXPLORIUM_RATE_LIMIT: '100000',
    // One call after the other: a run of a few hundred companies can be watched, and paused.
    FIRMOGRAPH_CONCURRENCY: '1',
  }
  const sandboxArgs = ['sandbox', 'serve', '--latency', '300', '--rate', '0']
  const children: ChildProcess[] = []
  const end = async () => {
    await Promise.all(children.map(stopped))
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    children.push(await start(folder, sandboxArgs, sandbox, '/', {}))
    const both = [
      start(folder, ['serve'], plain, '/health/ready', {
        ...settings,
        FIRMOGRAPH_DATA_DIR: join(folder, 'plain'),
      }),
      start(folder, ['serve'], below, '/firms/health/ready', {
        ...settings,
        FIRMOGRAPH_DATA_DIR: join(folder, 'below'),
        FIRMOGRAPH_BASE_PATH: '/firms',
        FIRMOGRAPH_API_TOKEN: TOKEN,
      }),
    ]
    for (const started of await Promise.allSettled(both)) {
      if (started.status === 'fulfilled') children.push(started.value)
      else throw started.reason
    }
  } catch (error) {
    await end()
    throw error
  }
  project.provide('plain', `http://127.0.0.1:${plain}`)
  project.provide('below', `http://127.0.0.1:${below}/firms`)
  return end
}
