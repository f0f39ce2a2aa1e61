// Served below a path, with a token: pages, events and files all carry both.

import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launch, open } from './browser'
import { TOKEN } from './servers'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

test('token, sample, live run, pages, export', async () => {
  const origin = inject('below')
  const { page, troubles, close } = await open(browser, origin, {}, [401])
  // As in a browser without a dialog for where to save: the file is read, then saved.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'))
  const streams: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/events')) streams.push(request.headers().authorization ?? '')
  })

  await page.goto(`${origin}/providers/`)
  await page.getByRole('textbox', { name: 'Token' }).fill('wrong')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('refused this token').waitFor()
  await page.getByRole('textbox', { name: 'Token' }).fill(TOKEN)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('Used in the last minute').waitFor()

  await page.getByRole('link', { name: 'Start' }).click()
  await page.waitForURL(`${origin}/`)
  await page.getByRole('button', { name: 'Try the sample' }).click()
  await page.getByRole('button', { name: 'Start the run' }).click()
  await page.waitForURL(/\/firms\/run\/\?id=/)
  await page.getByText('Succeeded', { exact: true }).waitFor()
  expect(streams).toContain(`Bearer ${TOKEN}`)

  await page.getByRole('button', { name: 'Export' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download' }).click()
  expect(readFileSync(await (await download).path(), 'utf8')).toContain('enriched_domain')
  await page.keyboard.press('Escape')

  await page.getByRole('link', { name: 'Companies' }).click()
  await page.waitForURL(`${origin}/companies/`)
  await page.getByRole('link', { name: '3m.com' }).click()
  await page.getByRole('dialog').getByText('Evidence for Name:').waitFor()
  await page.goto(`${origin}/company?domain=3m.com`) // without its slash
  await page.waitForURL(`${origin}/company/?domain=3m.com`)
  await page.getByText('Evidence for Name:').first().waitFor()

  expect(troubles).toEqual([])
  await close()
})
