// The bands that headcount and revenue are given in, and every field a person may set, in their order.

import { fields } from '@/messages/words'

export const EMPLOYEE_RANGES = [
  '1-10',
  '11-50',
  '51-200',
  '201-500',
  '501-1000',
  '1001-5000',
  '5001-10000',
  '10001+',
] as const

export const REVENUE_RANGES = [
  '0-500K',
  '500K-1M',
  '1M-5M',
  '5M-10M',
  '10M-25M',
  '25M-75M',
  '75M-200M',
  '200M-500M',
  '500M-1B',
  '1B-10B',
  '10B-100B',
  '100B-1T',
  '1T-10T',
  '10T+',
] as const

/** The bands of a field that has some. */
export const BANDS: Readonly<Record<string, readonly string[]>> = {
  employee_range: EMPLOYEE_RANGES,
  revenue_range: REVENUE_RANGES,
}

export const FIELDS: readonly string[] = Object.keys(fields)
