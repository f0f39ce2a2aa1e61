'use client'

import { type MouseEvent, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { RowSource } from '@/lib/queries/records'
import { HEAD } from '@/lib/table/cells'
import { t } from '@/messages/records'
import type { Column } from './columns'
import { columnsInSight, geometryOf, scrollForColumn } from './geometry'
import { type HeadActions, HeadCell } from './head-cell'
import { Row } from './row'
import { useCells } from './use-cells'
import { useVirtualRows } from './use-virtual-rows'
import { type RecordsView, ROW_HEIGHTS } from './view'

const HEAD_HEIGHT = 34
// Columns kept in place must leave room for the others to be seen.
const MOST_PINNED = 0.6

type Props = {
  columns: readonly Column[]
  pinnedCount: number
  view: RecordsView
  source: RowSource
  actions: HeadActions
  onRange: (first: number, last: number) => void
  onOpen: (domain: string) => void
  /** What is asked for: with another question the rows begin at the top again. */
  question: string
  /** The element that says which keys there are. */
  hintId: string
}

function useSideways(scroller: React.RefObject<HTMLDivElement | null>) {
  const [side, setSide] = useState({ left: 0, width: 1200 })
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const measure = () => setSide({ left: element.scrollLeft, width: element.clientWidth })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [scroller])
  const onScroll = () => {
    const left = scroller.current?.scrollLeft ?? 0
    setSide((before) => (before.left === left ? before : { ...before, left }))
  }
  return { side, onScroll }
}

/** The table itself: a million rows, of which only those in sight are there. */
export function Grid({
  columns,
  pinnedCount,
  view,
  source,
  actions,
  onRange,
  onOpen,
  question,
  hintId,
}: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const rowHeight = ROW_HEIGHTS[view.density]
  const rows = useVirtualRows({ scroller, count: source.count, rowHeight, headHeight: HEAD_HEIGHT })
  const { side, onScroll } = useSideways(scroller)

  const widthOf = (column: Column) => view.widths[column.id] ?? column.width
  const wished = geometryOf(columns, widthOf, pinnedCount)
  const geometry = wished.pinnedWidth > side.width * MOST_PINNED ? geometryOf(columns, widthOf, 0) : wished
  const inSight = useStable(columnsInSight(geometry, side.left, side.width))
  const width = Math.max(geometry.width, side.width)

  const asked = useRef(question)
  useEffect(() => {
    if (asked.current === question) return
    asked.current = question
    if (scroller.current) scroller.current.scrollTop = 0
  }, [question])

  const { first, last } = rows.range
  useEffect(() => onRange(first, last), [first, last, onRange])

  const cells = useCells({
    grid: scroller,
    rows: source.count,
    columns: columns.length,
    perPage: rows.perPage,
    textAt: (row, place) => {
      const record = source.rowAt(row)
      return record && columns[place]?.text(record)
    },
    show: ({ row, column }) => {
      if (row !== HEAD) rows.scrollToRow(row)
      const element = scroller.current
      if (element) element.scrollLeft = scrollForColumn(geometry, column, side.left, side.width)
    },
    onOpen: ({ row }) => {
      const domain = source.rowAt(row)?.domain
      if (domain) onOpen(domain)
    },
  })

  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || !(event.target instanceof Element)) return
    const domain = event.target.closest<HTMLElement>('[data-company]')?.dataset.company
    if (!domain) return
    event.preventDefault()
    onOpen(domain)
  }

  const indexes = Array.from({ length: Math.max(0, last - first + 1) }, (_, place) => first + place)
  const pool = rows.most
  const { active } = cells
  // The row with the focus stays, however far away it is: else the focus would fall to the page.
  if (active.row >= 0 && active.row < source.count && (active.row < first || active.row > last))
    indexes.push(active.row)

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={t('table')}
      aria-describedby={hintId}
      aria-rowcount={source.total.is_exact ? source.total.value + 1 : -1}
      aria-colcount={columns.length}
      aria-multiselectable
      onScroll={() => {
        rows.onScroll()
        onScroll()
      }}
      onKeyDown={cells.on.onKeyDown}
      onPointerDown={cells.on.onPointerDown}
      onPointerMove={cells.on.onPointerMove}
      onPointerUp={cells.on.onPointerUp}
      onClick={onClick}
      className="relative min-h-0 flex-1 overflow-auto overscroll-contain bg-surface text-[0.8125rem]"
    >
      <div
        role="row"
        aria-rowindex={1}
        className="sticky top-0 z-20 flex border-line border-b bg-sunken"
        style={{ width, height: HEAD_HEIGHT }}
      >
        {inSight.map((placed) => (
          <HeadCell
            key={placed.column.id}
            placed={placed}
            sort={view.sort}
            isActive={active.row === HEAD ? placed.place === active.column : placed.place === 0}
            actions={actions}
          />
        ))}
      </div>
      <div role="rowgroup" className="relative overflow-clip" style={{ width, height: rows.height }}>
        {indexes.map((index) => {
          const selected = cells.selectedIn(index)
          return (
            <Row
              // Rows that leave at one end come back at the other. The one with the focus is itself alone.
              key={index === active.row ? `focus ${index}` : index % pool}
              index={index}
              record={source.rowAt(index)}
              top={rows.topOf(index)}
              height={rowHeight}
              width={width}
              placed={inSight}
              active={index === active.row ? active.column : -1}
              selectedFrom={selected.from}
              selectedTo={selected.to}
            />
          )
        })}
      </div>
    </div>
  )
}

/** The same list as before while nothing in it has changed, so that rows are not drawn anew. */
function useStable(list: ReturnType<typeof columnsInSight>): ReturnType<typeof columnsInSight> {
  const kept = useRef(list)
  const isSame =
    kept.current.length === list.length &&
    list.every((placed, at) => {
      const before = kept.current[at]
      return (
        before !== undefined &&
        before.column === placed.column &&
        before.left === placed.left &&
        before.width === placed.width &&
        before.isPinned === placed.isPinned &&
        before.isLastPinned === placed.isLastPinned
      )
    })
  if (!isSame) kept.current = list
  return kept.current
}
