// What can be chosen for how a list is read.

import type { Choice } from '@/components/ui/select'
import { t } from '@/messages/start'

const ENCODINGS = [
  'utf-8',
  'utf-16-le',
  'utf-16-be',
  'cp1252',
  'iso-8859-1',
  'iso-8859-2',
  'iso-8859-9',
  'iso-8859-15',
  'cp1250',
  'cp1251',
  'cp1254',
  'koi8-r',
  'mac-roman',
  'shift_jis',
  'gb18030',
  'big5',
  'euc-kr',
] as const

const DELIMITERS: readonly Choice[] = [
  { value: ',', label: t('comma') },
  { value: ';', label: t('semicolon') },
  { value: 'tab', label: t('tab') },
  { value: '|', label: t('pipe') },
  { value: 'none', label: t('delimiterNone') },
]

const withPresent = (choices: readonly Choice[], value: string): readonly Choice[] =>
  choices.some((choice) => choice.value === value) ? choices : [{ value, label: value }, ...choices]

export const encodingChoices = (present: string): readonly Choice[] =>
  withPresent(
    ENCODINGS.map((value) => ({ value, label: value })),
    present,
  )

export const delimiterChoices = (present: string): readonly Choice[] => withPresent(DELIMITERS, present)

/** A delimiter as an option of the API says it. */
export const delimiterWord = (delimiter: string | null): string =>
  delimiter === null ? 'none' : delimiter === '\t' ? 'tab' : delimiter

/** The columns by the names that find them again: the header, or `#3` where it is blank or stands twice. */
export const columnChoices = (columns: readonly string[]): readonly Choice[] =>
  columns.map((header, place) => {
    const isOwn = header.trim() !== '' && columns.indexOf(header) === place
    const value = isOwn ? header : `#${place + 1}`
    return { value, label: header.trim() || value }
  })
