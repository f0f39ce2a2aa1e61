// The same by keyboard alone.

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { eventually, launch, open } from './browser'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const MOST_STEPS = 80

const nameOfFocus = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement
    if (!element || element === document.body) return ''
    const label = element.getAttribute('aria-label') ?? element.closest('label')?.textContent
    return (label ?? element.textContent ?? '').trim()
  })

/** Goes on with Tab until what has the focus is called so. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const seen: string[] = []
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const focused = await nameOfFocus(page)
    if (name.test(focused)) return
    seen.push(focused.slice(0, 40))
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not come to ${name}: ${seen.join(' | ')}`)
}

test('sample, start, rows, company, override, export', async () => {
  const { page, troubles, close } = await open(browser, inject('plain'))
  const { keyboard } = page
  await page.goto(inject('plain'))
  await page.getByText('Try the sample').waitFor()

  await keyboard.press('Tab')
  expect(await nameOfFocus(page)).toBe('Skip to content')
  await keyboard.press('Enter')
  await tabTo(page, /^Try the sample$/)
  await keyboard.press('Enter')
  await page.getByText('What was understood').waitFor()
  await eventually(() => page.getByRole('button', { name: 'Start the run' }).isEnabled()).toBe(true)
  await tabTo(page, /^Start the run$/)
  await keyboard.press('Enter')
  await page.waitForURL(/\/run\/\?id=/)
  await page.getByText('Succeeded', { exact: true }).waitFor()

  // Into the table: arrows move, Enter opens the company, Escape comes back.
  await page.getByRole('gridcell').first().waitFor()
  await page.getByRole('searchbox').focus()
  await keyboard.type('siemens.com')
  await page.waitForURL(/q=siemens.com/)
  await page.getByRole('gridcell', { name: 'siemens.com', exact: true }).first().waitFor()
  await tabTo(page, /^Row$/)
  await keyboard.press('ArrowDown')
  await keyboard.press('ArrowRight')
  await keyboard.press('Enter')
  const drawer = page.getByRole('dialog', { name: 'siemens.com' })
  await drawer.getByText('Munich', { exact: true }).waitFor()

  // A value by hand, taken away again.
  await tabTo(page, /^Set City by hand$/)
  await keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Value' }).waitFor()
  await keyboard.press('ControlOrMeta+a')
  await keyboard.type('Potsdam')
  await keyboard.press('Enter')
  await drawer.getByText('Providers say: Munich').waitFor()
  await eventually(() => nameOfFocus(page)).toBe('Set City by hand')
  await tabTo(page, /^Set City by hand$/)
  await keyboard.press('Enter')
  await tabTo(page, /^Take away$/)
  await keyboard.press('Enter')
  await eventually(() => drawer.getByText('Potsdam').count()).toBe(0)
  await eventually(() => nameOfFocus(page)).toBe('Set City by hand')
  await keyboard.press('Escape')
  await drawer.waitFor({ state: 'detached' })

  await tabTo(page, /^Export$/)
  await keyboard.press('Enter')
  await page.getByText('Export this run').waitFor()
  await tabTo(page, /^Download$/)
  const download = page.waitForEvent('download')
  await keyboard.press('Enter')
  expect((await download).suggestedFilename()).toMatch(/\.enriched\.csv$/)

  expect(troubles).toEqual([])
  await close()
}, 90_000)
