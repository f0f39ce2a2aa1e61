// The columns a run's table can show: what every record has, the list's own columns, and the enriched fields.

import type { RecordOut, RunOut } from '@/lib/api/generated'
import { t } from '@/messages/records'
import { confidenceWord, fieldWord, outcomeWord, reasonWord } from '@/messages/words'

export type ColumnGroup = 'row' | 'original' | 'fields'
export type ColumnKind = 'position' | 'domain' | 'outcome' | 'match' | 'number' | 'link' | 'list' | 'text'

export type Column = {
  readonly id: string
  readonly label: string
  readonly group: ColumnGroup
  readonly kind: ColumnKind
  readonly width: number
  readonly canSort: boolean
  readonly isShown: boolean
  /** The cell's text: what is shown, searched by eye and copied. Empty when there is nothing. */
  readonly text: (record: RecordOut) => string
}

type Row = Omit<Column, 'group' | 'isShown'> & { isShown?: boolean }

const ROW_COLUMNS: readonly Row[] = [
  {
    id: 'position',
    label: t('position'),
    kind: 'position',
    width: 84,
    canSort: true,
    text: (r) => String(r.position),
  },
  {
    id: 'domain',
    label: t('domain'),
    kind: 'domain',
    width: 190,
    canSort: true,
    text: (r) => r.domain ?? '',
  },
  {
    id: 'outcome',
    label: t('outcome'),
    kind: 'outcome',
    width: 116,
    canSort: true,
    text: (r) => outcomeWord(r.outcome),
  },
  {
    id: 'reason',
    label: t('reason'),
    kind: 'text',
    width: 132,
    canSort: true,
    text: (r) => (r.reason ? reasonWord(r.reason) : ''),
  },
  {
    id: 'match',
    label: t('match'),
    kind: 'match',
    width: 92,
    canSort: false,
    text: (r) => (r.match ? confidenceWord(r.match) : ''),
  },
  {
    id: 'sources',
    label: t('sources'),
    kind: 'text',
    width: 210,
    canSort: false,
    text: (r) => r.sources ?? '',
    isShown: false,
  },
  {
    id: 'credits',
    label: t('credits'),
    kind: 'number',
    width: 84,
    canSort: false,
    text: (r) => (r.credits === null ? '' : String(r.credits)),
  },
  {
    id: 'note',
    label: t('note'),
    kind: 'text',
    width: 220,
    canSort: false,
    text: (r) => r.note ?? '',
    isShown: false,
  },
]

const WIDTHS: Readonly<Record<string, number>> = {
  name: 180,
  description: 320,
  founded_year: 112,
  country_code: 132,
  employee_range: 128,
  revenue_range: 116,
  industry: 200,
  technologies: 240,
}

const FIRST_FIELDS: ReadonlySet<string> = new Set([
  'name',
  'industry',
  'employee_range',
  'revenue_range',
  'founded_year',
  'country',
  'city',
  'website',
  'linkedin_url',
])

const LINKS: ReadonlySet<string> = new Set(['website', 'linkedin_url', 'logo_url'])
const LISTS: ReadonlySet<string> = new Set(['technologies', 'social_urls'])

const kindOf = (field: string): ColumnKind => {
  if (LINKS.has(field)) return 'link'
  if (LISTS.has(field)) return 'list'
  return field === 'founded_year' ? 'number' : 'text'
}

const spoken = (value: unknown): string => {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(spoken).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const fieldColumn = (field: string): Column => ({
  id: field,
  label: fieldWord(field),
  group: 'fields',
  kind: kindOf(field),
  width: WIDTHS[field] ?? 150,
  canSort: !LISTS.has(field),
  isShown: FIRST_FIELDS.has(field),
  text: (record) => spoken(record.values[field]),
})

// A list of JSON objects has its cells by name, every other list by place.
const originalColumn = (label: string, place: number): Column => ({
  id: `cell.${place}`,
  label: label || t('cell', { number: place + 1 }),
  group: 'original',
  kind: 'text',
  width: 170,
  canSort: false,
  isShown: true,
  text: ({ cells }) =>
    spoken(Array.isArray(cells) ? cells[place] : (cells as Record<string, unknown>)[label]),
})

/** All columns of a run's table, in their first order. */
export function columnsOf(fields: RunOut['fields'], originals: readonly string[]): readonly Column[] {
  return [
    ...ROW_COLUMNS.map((column) => ({ isShown: true, ...column, group: 'row' as const })),
    ...originals.map(originalColumn),
    ...fields.map(fieldColumn),
  ]
}

/** The columns to show: those named, in that order, and those that are kept in place before the others. */
export function shownColumns(
  all: readonly Column[],
  named: readonly string[] | null,
  pinned: readonly string[],
): readonly Column[] {
  const byId = new Map(all.map((column) => [column.id, column]))
  const chosen = named
    ? named.map((id) => byId.get(id)).filter((column) => column !== undefined)
    : all.filter((column) => column.isShown)
  const isPinned = (column: Column) => pinned.includes(column.id)
  return [...chosen.filter(isPinned), ...chosen.filter((column) => !isPinned(column))]
}
