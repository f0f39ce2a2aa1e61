// One person, one list: from the file to the file.

import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { eventually, launch, open } from './browser'
import { messyList } from './lists'

const MORE = 600
let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

test('upload, preview, start, watch, pause, resume, filter, sort, search, open, override, undo, export, reload', async () => {
  const { page, troubles, close } = await open(browser, inject('plain'))
  const button = (name: string | RegExp) => page.getByRole('button', { name })
  const headed = (name: string) => page.getByRole('columnheader', { name: new RegExp(`^${name}`) })

  // Upload and preview: what was understood, what is rejected, what it costs.
  await page.goto(inject('plain'))
  const buffer = Buffer.from(messyList(MORE))
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'customers.csv', mimeType: 'text/csv', buffer })
  await page.getByText('What was understood').waitFor()
  await page.getByText('Free mail provider').first().waitFor()
  await page.getByText('Duplicate of row').first().waitFor()
  await page.getByText(/This run costs .* credits/).waitFor()

  // Start and watch.
  await button('Start the run').click()
  await page.waitForURL(/\/run\/\?id=/)
  await page.getByText('Running', { exact: true }).waitFor()
  const enriched = async () => Number(((await button(/^Enriched/).textContent()) ?? '').replace(/\D/g, ''))
  await eventually(enriched).toBeGreaterThan(0)

  // Pause: it stands still. Resume: it goes on to its end.
  await button('Pause').click()
  await page.getByText('Paused', { exact: true }).first().waitFor()
  expect(await enriched()).toBeLessThan(MORE)
  await button('Resume').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click()
  await page.getByText('Succeeded', { exact: true }).waitFor()

  // Filter by outcome, then search, then sort: all of it in the address.
  const rows = page.getByRole('grid').getByRole('row')
  await page.goto(`${page.url()}&outcome=rejected`)
  await page.getByRole('gridcell', { name: 'Free mail provider' }).first().waitFor()
  await eventually(() => rows.count()).toBe(5) // the head, and four rejected rows
  await button('Clear filters').click()
  await page.getByRole('searchbox').fill('company-1')
  await page.waitForURL(/q=company-1/)
  await headed('Domain').getByRole('button', { name: 'Domain', exact: true }).click()
  await page.waitForURL(/sort=domain/)
  await eventually(() => headed('Domain').getAttribute('aria-sort')).toBe('ascending')
  await headed('Domain').getByRole('button', { name: 'Domain', exact: true }).click()
  await page.waitForURL(/sort=-domain/)
  await page.getByRole('gridcell', { name: 'company-199-of-the-journeys.com' }).first().waitFor()

  // Reload: the view is still there.
  await page.reload()
  await page.getByRole('gridcell', { name: 'company-199-of-the-journeys.com' }).first().waitFor()
  expect(await page.getByRole('searchbox').inputValue()).toBe('company-1')
  expect(await headed('Domain').getAttribute('aria-sort')).toBe('descending')

  // A company: its evidence, a value by hand, and back.
  await page.getByRole('searchbox').fill('asml.com')
  await page.getByRole('gridcell', { name: 'asml.com', exact: true }).first().getByRole('link').click()
  const drawer = page.getByRole('dialog', { name: 'asml.com' })
  await drawer.getByText('Veldhoven', { exact: true }).waitFor()
  await drawer.locator('summary', { hasText: 'Evidence for City:' }).click()
  await drawer.getByText('As it came').filter({ visible: true }).first().waitFor()
  await drawer.getByRole('button', { name: 'Set City by hand' }).click()
  await page.getByRole('textbox', { name: 'Value' }).fill('Potsdam')
  await button('Save').click()
  await drawer.getByText('Potsdam', { exact: true }).waitFor()
  await drawer.getByText('Providers say: Veldhoven').waitFor()
  await button('Undo').click()
  await eventually(() => drawer.getByText('Potsdam').count()).toBe(0)
  await drawer.getByRole('tab', { name: /Lookups/ }).click()
  await drawer.getByRole('button', { name: 'Show the raw answer' }).first().click()
  await drawer.getByRole('region', { name: /Raw answer of/ }).waitFor()
  await page.keyboard.press('Escape')

  // Export: the list's own rows, and what was found.
  await button('Export').click()
  const download = page.waitForEvent('download')
  await button('Download').click()
  const text = readFileSync(await (await download).path(), 'utf8')
  const lines = text.trim().split('\r\n')
  expect(lines).toHaveLength(1 + 8 + MORE)
  expect(lines[0]).toContain('Company;Website;Remark;enriched_domain')
  expect(lines[3]).toContain('Veldhoven')
  await button('Prepare in the background').click()
  await page.getByText('Ready', { exact: true }).waitFor()

  expect(troubles).toEqual([])
  await close()
}, 90_000)
