// The cell with the focus, the selected cells, and what keys and the pointer do to them.

import {
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { toast } from '@/components/ui/toast'
import { asText, type CellAt, cellCount, HEAD, moved, rectangle, type Selection } from '@/lib/table/cells'
import { t } from '@/messages/records'

type Options = {
  grid: RefObject<HTMLElement | null>
  rows: number
  columns: number
  perPage: number
  textAt: (row: number, column: number) => string | undefined
  show: (cell: CellAt) => void
  onOpen: (cell: CellAt) => void
}

const NONE = { from: -1, to: -1 } as const

const cellOf = (target: EventTarget | null): CellAt | null => {
  const found = target instanceof Element ? target.closest<HTMLElement>('[data-row][data-column]') : null
  return found ? { row: Number(found.dataset.row), column: Number(found.dataset.column) } : null
}

async function copy(text: string, count: number): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast.good(t('copied', { count }))
  } catch {
    toast.bad(t('copyRefused'))
  }
}

export function useCells({ grid, rows, columns, perPage, textAt, show, onOpen }: Options) {
  const [selection, setSelection] = useState<Selection>({
    from: { row: 0, column: 0 },
    to: { row: 0, column: 0 },
  })
  const wantsFocus = useRef(false)
  const wasPressed = useRef(false)
  const active: CellAt = {
    row: Math.min(selection.to.row, Math.max(rows - 1, HEAD)),
    column: Math.min(selection.to.column, Math.max(columns - 1, 0)),
  }

  useLayoutEffect(() => {
    if (!wantsFocus.current) return
    const cell = grid.current?.querySelector<HTMLElement>(
      `[data-row="${active.row}"][data-column="${active.column}"]`,
    )
    if (!cell) return
    wantsFocus.current = false
    const inner = active.row === HEAD ? cell.querySelector<HTMLElement>('button') : null
    const target = inner ?? cell
    target.focus({ preventScroll: true })
  })

  const go = (to: CellAt, isExtending: boolean) => {
    wantsFocus.current = true
    show(to)
    setSelection((before) => ({ from: isExtending && to.row !== HEAD ? before.from : to, to }))
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const here = cellOf(event.target)
    if (!here || event.altKey) return
    const ctrl = event.ctrlKey || event.metaKey
    if (ctrl && event.key.toLowerCase() === 'c' && here.row !== HEAD) {
      if (window.getSelection()?.toString()) return
      event.preventDefault()
      void copy(asText(selection, textAt), cellCount(selection))
      return
    }
    if (event.key === 'Enter' && here.row !== HEAD) {
      event.preventDefault()
      onOpen(here)
      return
    }
    const to = moved(active, { key: event.key, ctrl }, { rows, columns, perPage })
    if (!to) return
    event.preventDefault()
    go(to, event.shiftKey)
  }

  const onPointerDown = (event: PointerEvent) => {
    const here = cellOf(event.target)
    if (!here || here.row === HEAD || event.button !== 0) return
    if (event.target instanceof Element && event.target.closest('a')) return
    event.preventDefault()
    window.getSelection()?.removeAllRanges()
    wantsFocus.current = true
    wasPressed.current = true
    setSelection((before) => ({ from: event.shiftKey ? before.from : here, to: here }))
  }

  // Drawing over cells with the button held selects them.
  const onPointerMove = (event: PointerEvent) => {
    if (event.buttons !== 1) return
    const here = cellOf(event.target)
    if (!here || here.row === HEAD || !wasPressed.current) return
    setSelection((before) =>
      before.to.row === here.row && before.to.column === here.column ? before : { ...before, to: here },
    )
  }
  const onPointerUp = () => {
    wasPressed.current = false
  }

  const area = rectangle(selection)
  const isMany = cellCount(selection) > 1
  const selectedIn = (row: number) =>
    isMany && row >= area.from.row && row <= area.to.row
      ? { from: area.from.column, to: area.to.column }
      : NONE

  return { active, selectedIn, on: { onKeyDown, onPointerDown, onPointerMove, onPointerUp } }
}
