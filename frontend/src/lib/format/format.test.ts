import { describe, expect, it } from 'vitest'
import { translator } from '@/lib/i18n/translate'
import { formatBytes, formatCreditRange, formatShare } from './numbers'
import { formatAgo, formatDuration } from './times'

describe('numbers', () => {
  it('carry their unit', () => {
    expect(formatBytes(0)).toBe('0 bytes')
    expect(formatBytes(4024)).toBe('4 kB')
    expect(formatBytes(2_332_082_176)).toBe('2.3 GB')
  })

  it('show a share of nothing as a dash', () => {
    expect(formatShare(null)).toBe('–')
    expect(formatShare(0.9149)).toBe('91.5%')
  })

  it('name one credit where best and worst are one', () => {
    expect(formatCreditRange(0, 94)).toBe('0 – 94')
    expect(formatCreditRange(94, 94)).toBe('94')
  })
})

describe('times', () => {
  it('name their two largest units', () => {
    expect(formatDuration(42)).toBe('42 s')
    expect(formatDuration(245)).toBe('4 min 5 s')
    expect(formatDuration(3900)).toBe('1 h 5 min')
    expect(formatDuration(7200)).toBe('2 h')
    expect(formatDuration(180_000)).toBe('2 d 2 h')
  })

  it('say how long ago', () => {
    const now = new Date('2026-11-24T20:00:00Z')
    expect(formatAgo('2026-11-24T19:57:00Z', now)).toBe('3 min. ago')
    expect(formatAgo('2026-11-23T19:00:00Z', now)).toBe('yesterday')
  })
})

describe('messages', () => {
  const t = translator({
    rows: { one: '{count} row', other: '{count} rows' },
    hello: 'Hello {name}',
  } as const)

  it('are filled in, and choose their plural', () => {
    expect(t('rows', { count: 1 })).toBe('1 row')
    expect(t('rows', { count: 12_345 })).toBe('12,345 rows')
    expect(t('hello', { name: '$&' })).toBe('Hello $&')
  })
})
