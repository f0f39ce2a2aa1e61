import { describe, expect, it } from 'vitest'
import { perMinute, type Sample, secondsLeft, withSample } from './pace'

const seen = (...done: number[]): readonly Sample[] =>
  done.reduce<readonly Sample[]>(
    (samples, value, second) => withSample(samples, { at: second * 1000, done: value }),
    [],
  )

describe('the pace of a run', () => {
  it('is what was done over the time it took', () => {
    expect(perMinute(seen(0, 50, 100, 150))).toBe(3000)
    expect(secondsLeft(seen(0, 50, 100, 150), 500)).toBe(10)
  })

  it('is not known from one look, nor while nothing moves', () => {
    expect(perMinute(seen(10))).toBeNull()
    expect(secondsLeft(seen(10, 10, 10, 10), 5)).toBeNull()
  })

  it('starts anew when a retry opens what was done', () => {
    expect(seen(100, 200, 20)).toEqual([{ at: 2000, done: 20 }])
  })

  it('forgets what is older than a minute', () => {
    expect(seen(...Array.from({ length: 100 }, (_, second) => second))).toHaveLength(61)
  })
})
