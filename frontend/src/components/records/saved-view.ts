// A view as it is kept: the texts that stand in the address, by name.

import { createSerializer } from 'nuqs'
import { type RecordsView, viewParsers } from './view'

const serialize = createSerializer(viewParsers)

export type SavedQuery = Readonly<Record<string, unknown>>

export const queryOf = (view: RecordsView): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(serialize(view)))

/** The whole view that was kept: what is not in it, or not understood, has its default. */
export const viewOf = (query: SavedQuery): Partial<{ [K in keyof RecordsView]: RecordsView[K] | null }> =>
  Object.fromEntries(
    Object.entries(viewParsers).map(([name, parser]) => {
      const text = query[name]
      return [name, typeof text === 'string' ? parser.parse(text) : null]
    }),
  )
