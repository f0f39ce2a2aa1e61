// What was chosen for a list, in the address: a reload, or a colleague, finds the same preview.

import { parseAsArrayOf, parseAsBoolean, parseAsFloat, parseAsString, useQueryStates } from 'nuqs'
import type { RunIn } from '@/lib/api/generated'

const parsers = {
  upload: parseAsString,
  column: parseAsString,
  name_column: parseAsString,
  encoding: parseAsString,
  delimiter: parseAsString,
  has_header: parseAsBoolean,
  sheet: parseAsString,
  waterfall: parseAsArrayOf(parseAsString),
  fields: parseAsArrayOf(parseAsString),
  max_age_days: parseAsFloat,
  accept_low: parseAsBoolean.withDefault(false),
  allow_name_only: parseAsBoolean.withDefault(false),
}

export const useStartOptions = () => useQueryStates(parsers, { history: 'replace' })

export type StartOptions = ReturnType<typeof useStartOptions>[0]
export type SetStartOptions = (
  changed: Partial<{ [K in keyof StartOptions]: StartOptions[K] | null }>,
) => void

/** The run as wanted, without what only matters at its start: name and budget. */
export const wishOf = ({ upload, ...options }: StartOptions): RunIn => ({ upload_id: upload, ...options })

/** Back to no list at all. */
export const NO_OPTIONS = Object.fromEntries(Object.keys(parsers).map((key) => [key, null])) as Record<
  keyof StartOptions,
  null
>
