// Where each shown column stands, and which of them are in sight.

import type { Column } from './columns'

export type Placed = {
  readonly column: Column
  readonly place: number
  readonly left: number
  readonly width: number
  readonly isPinned: boolean
  readonly isLastPinned: boolean
}

export type Geometry = {
  readonly placed: readonly Placed[]
  readonly width: number
  readonly pinnedWidth: number
}

/** Pinned columns come first in `columns`; `pinnedCount` says how many they are. */
export function geometryOf(
  columns: readonly Column[],
  widthOf: (column: Column) => number,
  pinnedCount: number,
): Geometry {
  let left = 0
  let pinnedWidth = 0
  const placed = columns.map((column, place) => {
    const width = widthOf(column)
    const isPinned = place < pinnedCount
    const here = { column, place, left, width, isPinned, isLastPinned: place === pinnedCount - 1 }
    left += width
    if (isPinned) pinnedWidth += width
    return here
  })
  return { placed, width: left, pinnedWidth }
}

const SPARE_PX = 240

/** The pinned columns and those in sight, with some more on either side. */
export const columnsInSight = (
  { placed }: Geometry,
  scrollLeft: number,
  viewport: number,
): readonly Placed[] =>
  placed.filter(
    ({ isPinned, left, width }) =>
      isPinned || (left + width > scrollLeft - SPARE_PX && left < scrollLeft + viewport + SPARE_PX),
  )

/** How far to scroll for a column to come out from under the pinned ones and from beyond the edge. */
export function scrollForColumn(
  geometry: Geometry,
  place: number,
  scrollLeft: number,
  viewport: number,
): number {
  const found = geometry.placed[place]
  if (!found || found.isPinned) return scrollLeft
  if (found.left - geometry.pinnedWidth < scrollLeft) return Math.max(0, found.left - geometry.pinnedWidth)
  const right = found.left + found.width
  return right > scrollLeft + viewport ? right - viewport : scrollLeft
}
