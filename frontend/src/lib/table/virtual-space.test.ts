import { describe, expect, it } from 'vitest'
import { offsetFor, placeAfter, placeAt, rowsAt, spaceOf, TALLEST_PX } from './virtual-space'

const VIEWPORT = 600
const ROW = 32

describe('a list that fits', () => {
  const space = spaceOf(1000, ROW, VIEWPORT)

  it('scrolls as any other', () => {
    expect(space.real).toBe(32_000)
    expect(placeAfter(space, { offset: 0, scrollTop: 0 }, 5000)).toEqual({ offset: 5000, scrollTop: 5000 })
  })
})

describe('a list that is taller than a browser can bear', () => {
  const space = spaceOf(1_000_000, ROW, VIEWPORT)

  it('takes no more than the tallest element', () => {
    expect(space.real).toBe(TALLEST_PX)
    expect(space.logical).toBe(32_000_000)
  })

  it('moves one to one by the wheel', () => {
    const middle = placeAt(space, 10_000_000)
    expect(placeAfter(space, middle, middle.scrollTop + 100).offset).toBe(10_000_100)
  })

  it('reaches both ends by leaps', () => {
    const start = { offset: 0, scrollTop: 0 }
    const end = placeAfter(space, start, TALLEST_PX - VIEWPORT)
    expect(end.offset).toBe(space.logical - VIEWPORT)
    expect(placeAfter(space, end, 0).offset).toBe(0)
  })

  it('reaches the first row by the wheel alone, and stands at the top then', () => {
    let place = placeAt(space, 40_000)
    for (let step = 0; step < 1000 && place.offset > 0; step += 1) {
      place = placeAfter(space, place, Math.max(0, place.scrollTop - 100))
    }
    expect(place).toEqual({ offset: 0, scrollTop: 0 })
  })

  it('reaches the last row by the wheel alone', () => {
    const bottom = space.real - VIEWPORT
    let place = placeAt(space, space.logical - 40_000)
    for (let step = 0; step < 1000 && place.offset < space.logical - VIEWPORT; step += 1) {
      place = placeAfter(space, place, Math.min(bottom, place.scrollTop + 100))
    }
    expect(place).toEqual({ offset: space.logical - VIEWPORT, scrollTop: bottom })
  })
})

describe('the rows that show', () => {
  it('are those in the viewport and a few more', () => {
    expect(rowsAt(320, VIEWPORT, ROW, 1000, 2)).toEqual({ first: 8, last: 30 })
  })

  it('stay inside the list', () => {
    expect(rowsAt(0, VIEWPORT, ROW, 5, 10)).toEqual({ first: 0, last: 4 })
    expect(rowsAt(0, VIEWPORT, ROW, 0, 10)).toEqual({ first: 0, last: -1 })
  })

  it('move as little as needed to bring one in', () => {
    expect(offsetFor(5, 320, VIEWPORT, ROW)).toBe(160)
    expect(offsetFor(15, 320, VIEWPORT, ROW)).toBe(320)
    expect(offsetFor(40, 320, VIEWPORT, ROW)).toBe(41 * ROW - VIEWPORT)
  })
})
