import { describe, expect, it, vi } from 'vitest'
import type { ChartsOut } from '@/lib/api/generated'
import { outcomeBars, valueBars } from './bars-of'
import { codeOfNumber } from './country-numbers'

const share = (count: number, of: number) => ({ count, of, share: of === 0 ? null : count / of })

describe('bars', () => {
  it('show the rest and the unknown behind the values, and narrow the rows to a value', () => {
    const show = vi.fn()
    const values = {
      values: [
        { value: 'DE', count: 6 },
        { value: 'XK', count: 1 },
      ],
      rest: 2,
      unknown: 1,
      of: 10,
    }
    const bars = valueBars('country_code', values, show)
    expect(bars.map(({ label, count }) => [label, count])).toEqual([
      ['Germany', 6],
      ['Kosovo', 1],
      ['Other', 2],
      ['Unknown', 1],
    ])
    expect(bars[0]?.share).toBe(0.6)
    bars[0]?.onPress?.()
    expect(show).toHaveBeenCalledWith({ where: { country_code: ['DE'] } })
    expect(bars[2]?.onPress).toBeUndefined()
  })

  it('are empty, not broken, where there is nothing', () => {
    const bars = valueBars('industry', { values: [], rest: 0, unknown: 0, of: 0 }, vi.fn())
    expect(bars).toEqual([])
  })

  it('tell outcomes by reason, and rejections by why', () => {
    const show = vi.fn()
    const charts = {
      outcomes: [
        { outcome: 'enriched', reason: null, companies: share(1, 2), records: share(3, 6) },
        { outcome: 'no_match', reason: 'not_found', companies: share(1, 2), records: share(1, 6) },
      ],
      rejections: [{ reason: 'freemail', records: share(2, 6) }],
    } as unknown as ChartsOut
    const bars = outcomeBars(charts, show)
    expect(bars.map(({ label }) => label)).toEqual([
      'Enriched',
      'No match: Not found',
      'Rejected: Free mail provider',
    ])
    bars[0]?.onPress?.()
    bars[2]?.onPress?.()
    expect(show.mock.calls).toEqual([
      [{ outcome: ['enriched'] }],
      [{ outcome: ['rejected'], reason: ['freemail'] }],
    ])
  })
})

describe('countries on the map', () => {
  it('are known by their numbers', () => {
    expect(codeOfNumber('276')).toBe('DE')
    expect(codeOfNumber('004')).toBe('AF')
    expect(codeOfNumber('')).toBeUndefined()
  })
})
