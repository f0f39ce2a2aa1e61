import { describe, expect, it } from 'vitest'
import { queryOf, viewOf } from './saved-view'

const VIEW = {
  q: 'tools',
  outcome: ['enriched'],
  reason: [],
  match: ['high'],
  filled: [],
  empty: ['phone'],
  where: { industry: ['Food, drink; more'] },
  sort: '-employee_range',
  columns: ['domain', 'cell.0', 'name'],
  pinned: ['domain'],
  widths: { name: 240 },
  density: 'compact',
} as const

describe('a saved view', () => {
  it('comes back as it was', () => {
    const view = structuredClone(VIEW) as never
    expect(viewOf(queryOf(view))).toEqual({ ...VIEW, reason: null, filled: null })
  })

  it('of another version gives what is not understood its default', () => {
    expect(viewOf({ sort: 7, density: 'huge', q: 'a', gone: 'x' })).toMatchObject({
      sort: null,
      density: null,
      q: 'a',
    })
  })
})
