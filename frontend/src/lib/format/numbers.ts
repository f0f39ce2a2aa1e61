// Numbers, credits, shares and sizes as a person reads them.

import { LOCALE } from '@/lib/i18n/translate'

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 })
const credits = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 })
const share = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 })
const size = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 })

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const

export const formatNumber = (value: number): string => whole.format(value)
export const formatShort = (value: number): string => short.format(value)
export const formatCredits = (value: number): string => credits.format(value)

/** A share between 0 and 1; an absent one, or one of nothing, is a dash. */
export const formatShare = (value: number | null | undefined): string =>
  value === null || value === undefined || !Number.isFinite(value) ? '–' : share.format(value)

/** Bytes with their unit: `48.2 kB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${size.format(value)} ${UNITS[unit]}`
}

/** A range of credits: `12` where best and worst are one, else `0 – 12`. */
export const formatCreditRange = (best: number, worst: number): string =>
  best === worst ? credits.format(best) : `${credits.format(best)} – ${credits.format(worst)}`
