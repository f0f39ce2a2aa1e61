// A browser cannot lay out more than some millions of pixels, and a million rows are more than that. So the rows live in
// a space of their own, as tall as they need it, and the element that scrolls is only as tall as a browser can bear.
// Small movements go one to one from the one to the other; a leap (the scroll bar, End) goes by proportion.

export const TALLEST_PX = 12_000_000

export type Space = {
  /** What all rows take, in pixels. */
  readonly logical: number
  /** What the element takes that scrolls. */
  readonly real: number
  readonly viewport: number
}

export type Place = {
  /** Where the viewport begins among the rows. */
  readonly offset: number
  /** Where the element is scrolled to. */
  readonly scrollTop: number
}

export const spaceOf = (rows: number, rowHeight: number, viewport: number): Space => {
  const logical = rows * rowHeight
  return { logical, real: Math.min(logical, TALLEST_PX), viewport }
}

const between = (value: number, least: number, most: number) =>
  Math.min(Math.max(value, least), Math.max(least, most))

const lastOffset = (space: Space) => Math.max(0, space.logical - space.viewport)
const lastScroll = (space: Space) => Math.max(0, space.real - space.viewport)

/** Where the element has to be scrolled to for the rows to begin at `offset`. */
export function placeAt(space: Space, offset: number): Place {
  const wanted = between(offset, 0, lastOffset(space))
  if (space.real === space.logical) return { offset: wanted, scrollTop: wanted }
  const share = lastOffset(space) === 0 ? 0 : wanted / lastOffset(space)
  return { offset: wanted, scrollTop: Math.round(share * lastScroll(space)) }
}

/**
 * Where the rows begin after the element was scrolled to `scrollTop`. The place's own `scrollTop` differs from the one
 * given where the element would come to its end before the rows do; then it has to be set.
 */
export function placeAfter(space: Space, before: Place, scrollTop: number): Place {
  if (space.real === space.logical) return { offset: scrollTop, scrollTop }
  const moved = scrollTop - before.scrollTop
  if (Math.abs(moved) > space.viewport * 2) {
    const share = lastScroll(space) === 0 ? 0 : scrollTop / lastScroll(space)
    return { offset: between(share * lastOffset(space), 0, lastOffset(space)), scrollTop }
  }
  const offset = before.offset + moved
  if (offset <= 0 || offset >= lastOffset(space)) return placeAt(space, offset)
  if (scrollTop > 0 && scrollTop < lastScroll(space)) return { offset, scrollTop }
  // The element is at its end and the rows are not: give it room again, or finish where there is none to give.
  const given = placeAt(space, offset)
  if (given.scrollTop > 0 && given.scrollTop < lastScroll(space)) return given
  return scrollTop <= 0 ? placeAt(space, 0) : placeAt(space, lastOffset(space))
}

export type Range = { readonly first: number; readonly last: number }

/** The rows that show, with `spare` more on either side; `last` is included. Empty when `last < first`. */
export function rowsAt(
  offset: number,
  viewport: number,
  rowHeight: number,
  rows: number,
  spare: number,
): Range {
  if (rows === 0) return { first: 0, last: -1 }
  const first = Math.floor(offset / rowHeight) - spare
  const last = Math.ceil((offset + viewport) / rowHeight) - 1 + spare
  return { first: between(first, 0, rows - 1), last: between(last, 0, rows - 1) }
}

/** The offset that brings a row into view with the least movement. */
export function offsetFor(row: number, offset: number, viewport: number, rowHeight: number): number {
  const top = row * rowHeight
  if (top < offset) return top
  const bottom = top + rowHeight
  return bottom > offset + viewport ? bottom - viewport : offset
}
