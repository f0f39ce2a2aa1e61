// What is shown of a run's records and how: in the address, so that a view can be shared, kept and found again.

import { createParser, parseAsArrayOf, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import type { RecordsWish } from '@/lib/queries/records'

export const DENSITIES = ['compact', 'normal', 'roomy'] as const
export type Density = (typeof DENSITIES)[number]
export const ROW_HEIGHTS: Readonly<Record<Density, number>> = { compact: 28, normal: 34, roomy: 44 }

export type Widths = Readonly<Record<string, number>>
/** Fields and what their value has to be, one of several. */
export type Where = Readonly<Record<string, readonly string[]>>

const pairs = (text: string, between: string): [string, string][] =>
  text
    .split(between)
    .map((part) => [part.slice(0, part.indexOf(':')), part.slice(part.indexOf(':') + 1)] as [string, string])
    .filter(([name]) => name !== '')

/** `domain:220,name:180` */
export const parseAsWidths = createParser<Widths>({
  parse: (text) =>
    Object.fromEntries(
      pairs(text, ',')
        .map(([name, width]) => [name, Number(width)] as const)
        .filter(([, width]) => Number.isFinite(width) && width > 0),
    ),
  serialize: (widths) =>
    Object.entries(widths)
      .map(([name, width]) => `${name}:${Math.round(width)}`)
      .join(','),
  eq: (one, other) => JSON.stringify(one) === JSON.stringify(other),
})

/** `country_code:DE|FR;industry:Retail`; a value's own signs are escaped. */
export const parseAsWhere = createParser<Where>({
  parse: (text) =>
    Object.fromEntries(
      pairs(text, ';').map(([name, values]) => [
        name,
        values.split('|').map((value) => decodeURIComponent(value)),
      ]),
    ),
  serialize: (where) =>
    Object.entries(where)
      .filter(([, values]) => values.length > 0)
      .map(([name, values]) => `${name}:${values.map((value) => encodeURIComponent(value)).join('|')}`)
      .join(';'),
  eq: (one, other) => JSON.stringify(one) === JSON.stringify(other),
})

const words = parseAsArrayOf(parseAsString).withDefault([])

export const viewParsers = {
  q: parseAsString.withDefault(''),
  outcome: words,
  reason: words,
  match: words,
  /** Fields that must have a value, and fields that must have none. */
  filled: words,
  empty: words,
  where: parseAsWhere.withDefault({}),
  sort: parseAsString.withDefault('position'),
  /** The columns shown, in their order; absent: those of the default. */
  columns: parseAsArrayOf(parseAsString),
  pinned: parseAsArrayOf(parseAsString).withDefault(['position', 'domain']),
  widths: parseAsWidths.withDefault({}),
  density: parseAsStringLiteral(DENSITIES).withDefault('normal'),
}

/** The records' view in the address, and what changes it; `null` for a part gives it back its default. */
export const useRecordsView = () => useQueryStates(viewParsers, { history: 'replace', shallow: true })

export type RecordsView = ReturnType<typeof useRecordsView>[0]
export type SetRecordsView = ReturnType<typeof useRecordsView>[1]

/** What the server is asked for; the rest of a view is how the answer is shown. */
export type RecordsFilter = Pick<
  RecordsView,
  'q' | 'outcome' | 'reason' | 'match' | 'filled' | 'empty' | 'where' | 'sort'
>

export const LIST_FILTERS = ['outcome', 'reason', 'match', 'filled', 'empty'] as const

export const isFiltered = (view: RecordsFilter): boolean =>
  view.q.trim() !== '' ||
  LIST_FILTERS.some((name) => view[name].length > 0) ||
  Object.values(view.where).some((values) => values.length > 0)

export const NO_FILTER = {
  q: null,
  outcome: null,
  reason: null,
  match: null,
  filled: null,
  empty: null,
  where: null,
} as const

/** A view's filters as the API takes them. */
export const wishOf = (view: RecordsFilter): RecordsWish => ({
  ...view.where,
  ...Object.fromEntries(
    LIST_FILTERS.filter((name) => view[name].length > 0).map((name) => [name, view[name]]),
  ),
  ...(view.q.trim() && { q: view.q.trim() }),
  sort: view.sort,
})

/** The next order by a column: upwards, downwards, then none, which is the list's own. */
export function nextSort(sort: string, column: string): string {
  if (sort === column) return `-${column}`
  return sort === `-${column}` && column !== 'position' ? 'position' : column
}

export const sortDirection = (sort: string, column: string): 'ascending' | 'descending' | undefined => {
  if (sort === column) return 'ascending'
  return sort === `-${column}` ? 'descending' : undefined
}
