// Which rows show and where they stand, while the element that holds them is scrolled.

import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react'
import {
  offsetFor,
  type Place,
  placeAfter,
  placeAt,
  type Range,
  rowsAt,
  spaceOf,
} from '@/lib/table/virtual-space'

const SPARE_ROWS = 6
const START: Place = { offset: 0, scrollTop: 0 }

type Options = {
  scroller: RefObject<HTMLElement | null>
  count: number
  rowHeight: number
  headHeight: number
}

export type VirtualRows = {
  readonly range: Range
  /** What the rows take in the element that scrolls, in pixels. */
  readonly height: number
  readonly topOf: (index: number) => number
  readonly onScroll: () => void
  readonly scrollToRow: (index: number) => void
  /** How many rows fit into the viewport. */
  readonly perPage: number
  /** How many rows there can be at once. */
  readonly most: number
}

/** Keeps the size of what is left for rows below the head. */
function useViewport(scroller: RefObject<HTMLElement | null>, headHeight: number): number {
  const [height, setHeight] = useState(0)
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    // Never more than the screen: an element that is as tall as its rows would ask for all of them.
    const measure = () =>
      setHeight(Math.max(0, Math.min(element.clientHeight, window.screen.height * 2) - headHeight))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [scroller, headHeight])
  return height
}

export function useVirtualRows({ scroller, count, rowHeight, headHeight }: Options): VirtualRows {
  const viewport = useViewport(scroller, headHeight)
  const [kept, setKept] = useState(START)
  const space = spaceOf(count, rowHeight, viewport)
  // Fewer or lower rows than a moment ago: what is kept may lie behind the end.
  const last = Math.max(0, space.logical - viewport)
  const place = kept.offset > last ? placeAt(space, last) : kept
  const live = useRef({ space, place })
  live.current = { space, place }

  const move = useCallback(
    (next: Place) => {
      const element = scroller.current
      if (element && element.scrollTop !== next.scrollTop) element.scrollTop = next.scrollTop
      live.current.place = next
      setKept(next)
    },
    [scroller],
  )

  const onScroll = useCallback(() => {
    const element = scroller.current
    if (!element) return
    const { space: now, place: before } = live.current
    if (element.scrollTop === before.scrollTop) return
    move(placeAfter(now, before, element.scrollTop))
  }, [scroller, move])

  const scrollToRow = useCallback(
    (index: number) => {
      const { space: now, place: before } = live.current
      const offset = offsetFor(index, before.offset, now.viewport, rowHeight)
      if (offset !== before.offset) move(placeAt(now, offset))
    },
    [move, rowHeight],
  )

  const shift = place.offset - place.scrollTop
  return {
    range: rowsAt(place.offset, viewport, rowHeight, count, SPARE_ROWS),
    height: space.real,
    topOf: (index) => index * rowHeight - shift,
    onScroll,
    scrollToRow,
    most: Math.ceil(viewport / rowHeight) + 2 * SPARE_ROWS + 2,
    perPage: Math.max(1, Math.floor(viewport / rowHeight) - 1),
  }
}
