// Debian's Chromium, and pages that remember what went wrong in them.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const PATIENCE_MS = 20_000
const SERIOUS = new Set(['serious', 'critical'])

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] })

export type Watched = { page: Page; troubles: string[]; close: () => Promise<void> }

/** A page that notes errors of the console, requests to other hosts, and answers that are errors. */
export async function open(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
  allowed: readonly number[] = [],
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    acceptDownloads: true,
    ...options,
  })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`))
  page.on('console', (message) => {
    // What a refused request leaves there is noted below, with its status.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      troubles.push(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== new URL(origin).origin)
      troubles.push(`asked elsewhere: ${request.url()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400 && !allowed.includes(response.status()))
      troubles.push(`${response.status()} ${response.url()}`)
  })
  return { page, troubles, close: () => context.close() }
}

type Finding = { id: string; impact: string | null; nodes: { html: string; failureSummary: string }[] }

/** What axe finds serious on the page as it is, one line each. */
export async function findingsOf(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  await session.send('Runtime.evaluate', { expression: `${AXE};0` }) // past the page's own policy
  await session.detach()
  const found = (await page.evaluate(
    async (rules) =>
      (await (window as unknown as { axe: { run: (...args: unknown[]) => unknown } }).axe.run(document, {
        runOnly: rules,
      })) as never,
    RULES,
  )) as { violations: Finding[] }
  return found.violations
    .filter(({ impact }) => SERIOUS.has(impact ?? ''))
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`)
}

/** Expects of what `look` says now or soon; fails with what it says last. */
export const eventually = <V>(look: () => Promise<V> | V) =>
  expect.poll(look, { timeout: PATIENCE_MS, interval: 100 })

/** Runs a list over the API, and answers the run's id once it has ended. */
export async function runList(origin: string, rows: string, name: string): Promise<string> {
  const form = new FormData()
  form.set('file', new Blob([rows], { type: 'text/csv' }), name)
  const { id } = (await (await fetch(`${origin}/api/v1/runs`, { method: 'POST', body: form })).json()) as {
    id: string
  }
  await fetch(`${origin}/api/v1/runs/${id}/events`).then((events) => events.text()) // they end with the run
  return id
}
