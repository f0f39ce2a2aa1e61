import { describe, expect, it } from 'vitest'
import { isFiltered, nextSort, parseAsWhere, parseAsWidths, sortDirection, wishOf } from './view'

const NOTHING = {
  q: '',
  outcome: [],
  reason: [],
  match: [],
  filled: [],
  empty: [],
  where: {},
  sort: 'position',
}

describe('a view in the address', () => {
  it('keeps widths', () => {
    const text = parseAsWidths.serialize({ domain: 220.4, name: 180 })
    expect(text).toBe('domain:220,name:180')
    expect(parseAsWidths.parse(text)).toEqual({ domain: 220, name: 180 })
    expect(parseAsWidths.parse('domain:wide,:3')).toEqual({})
  })

  it('keeps values with any sign in them', () => {
    const where = { industry: ['Arts; Media', 'Food | Drink'], country_code: ['DE'], city: ['a:b'] }
    expect(parseAsWhere.parse(parseAsWhere.serialize(where))).toEqual(where)
  })

  it('is filtered by any of its parts', () => {
    expect(isFiltered(NOTHING)).toBe(false)
    expect(isFiltered({ ...NOTHING, q: '  ' })).toBe(false)
    expect(isFiltered({ ...NOTHING, where: { city: [] } })).toBe(false)
    expect(isFiltered({ ...NOTHING, where: { city: ['Berlin'] } })).toBe(true)
    expect(isFiltered({ ...NOTHING, outcome: ['failed'] })).toBe(true)
  })

  it('asks the server for what is filtered', () => {
    const view = {
      ...NOTHING,
      q: ' sap ',
      outcome: ['failed'],
      where: { country_code: ['DE', 'FR'] },
      sort: '-name',
    }
    expect(wishOf(view)).toEqual({ q: 'sap', outcome: ['failed'], country_code: ['DE', 'FR'], sort: '-name' })
    expect(wishOf(NOTHING)).toEqual({ sort: 'position' })
  })

  it('sorts up, down, and not', () => {
    expect(nextSort('position', 'domain')).toBe('domain')
    expect(nextSort('domain', 'domain')).toBe('-domain')
    expect(nextSort('-domain', 'domain')).toBe('position')
    expect(nextSort('-position', 'position')).toBe('position')
    expect(sortDirection('-domain', 'domain')).toBe('descending')
  })
})
