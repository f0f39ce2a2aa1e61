// Every page, in both themes, wide and narrow: nothing that axe finds serious, nothing that sticks out, no error.

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { findingsOf, launch, open, runList } from './browser'
import { messyList } from './lists'

const WIDTHS = [1440, 390, 360]
let browser: Browser
let id: string
beforeAll(async () => {
  browser = await launch()
  id = await runList(inject('plain'), messyList(8), 'a few.csv')
})
afterAll(() => browser.close())

const PAGES: readonly { name: string; path: () => string; sign: string; allowed?: readonly number[] }[] = [
  { name: 'start', path: () => '/', sign: 'Drop a list here' },
  { name: 'runs', path: () => '/runs/', sign: 'a few.csv' },
  { name: 'run', path: () => `/run/?id=${id}`, sign: 'sap.com' },
  { name: 'pictures', path: () => `/run/?id=${id}&tab=pictures`, sign: 'Coverage per field' },
  { name: 'companies', path: () => '/companies/?q=sap', sign: 'sap.com' },
  { name: 'drawer', path: () => '/companies/?company=sap.com', sign: 'Walldorf' },
  { name: 'company', path: () => '/company/?domain=sap.com', sign: 'Walldorf' },
  { name: 'unknown company', path: () => '/company/?domain=nobody.com', sign: 'Not found', allowed: [404] },
  { name: 'providers', path: () => '/providers/', sign: 'Used in the last minute' },
  { name: 'settings', path: () => '/settings/', sign: 'FIRMOGRAPH_DATA_DIR' },
  { name: 'no page', path: () => '/nowhere/', sign: 'There is no page here', allowed: [404] },
]

test.each(PAGES)('$name', async ({ path, sign, allowed }) => {
  const origin = inject('plain')
  const { page, troubles, close } = await open(browser, origin, {}, allowed)
  await page.goto(origin + path())
  await page.getByText(sign).filter({ visible: true }).first().waitFor()
  await page.waitForLoadState('networkidle')
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.waitForFunction(
        (isDark) => document.documentElement.classList.contains('dark') === isDark,
        colorScheme === 'dark',
      )
      await page.waitForFunction(() => document.getAnimations().length === 0)
      if (width !== 360) expect(await findingsOf(page), `${width} ${colorScheme}`).toEqual([])
    }
    const sticksOut = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(sticksOut, `at ${width} px`).toBeLessThanOrEqual(0)
  }
  expect(troubles).toEqual([])
  await close()
})

test('a press on a picture shows its rows', async () => {
  const { page, troubles, close } = await open(browser, inject('plain'))
  await page.goto(`${inject('plain')}/run/?id=${id}&tab=pictures`)
  await page.getByRole('button', { name: 'Germany' }).click()
  await page.waitForURL(/where=country_code/)
  await page.getByRole('gridcell', { name: 'sap.com', exact: true }).first().waitFor()
  expect(new URL(page.url()).searchParams.get('tab')).toBeNull()
  expect(troubles).toEqual([])
  await close()
})

test('facets narrow the companies and are kept in the address', async () => {
  const { page, troubles, close } = await open(browser, inject('plain'))
  await page.goto(`${inject('plain')}/companies/`)
  await page.getByRole('checkbox', { name: /Germany/ }).click()
  await page.waitForURL(/country_code=DE/)
  await page.getByRole('button', { name: 'Remove filter Germany' }).waitFor()
  await page.getByRole('searchbox').fill('sap')
  await page.getByText('1 company', { exact: true }).waitFor()
  await page.reload()
  await page.getByText('1 company', { exact: true }).waitFor()
  expect(await page.getByRole('checkbox', { name: /Germany/ }).isChecked()).toBe(true)
  expect(troubles).toEqual([])
  await close()
})
