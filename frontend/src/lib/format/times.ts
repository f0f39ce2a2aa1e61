// Moments and lengths of time as a person reads them. The API's moments are UTC; they are shown in the reader's zone.

import { LOCALE } from '@/lib/i18n/translate'

const moment = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short' })
const day = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium' })
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto', style: 'short' })

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const formatMoment = (value: string | Date): string => moment.format(new Date(value))
export const formatDay = (value: string | Date): string => day.format(new Date(value))

/** How long ago, or how far ahead, in the largest unit that fits: `3 min. ago`. After a month, the day. */
export function formatAgo(value: string | Date, now: Date = new Date()): string {
  const seconds = (new Date(value).getTime() - now.getTime()) / 1000
  const length = Math.abs(seconds)
  if (length < MINUTE) return relative.format(Math.round(seconds), 'second')
  if (length < HOUR) return relative.format(Math.round(seconds / MINUTE), 'minute')
  if (length < DAY) return relative.format(Math.round(seconds / HOUR), 'hour')
  if (length < 30 * DAY) return relative.format(Math.round(seconds / DAY), 'day')
  return day.format(new Date(value))
}

/** A length in seconds, in its two largest units: `1 h 5 min`, `42 s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < MINUTE) return `${whole} s`
  const days = Math.floor(whole / DAY)
  const hours = Math.floor((whole % DAY) / HOUR)
  const minutes = Math.floor((whole % HOUR) / MINUTE)
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`
  const rest = whole % MINUTE
  return rest > 0 && minutes < 10 ? `${minutes} min ${rest} s` : `${minutes} min`
}
