'use client'

import { ArrowDown, ArrowUp, EllipsisVertical, Sparkles } from 'lucide-react'
import dynamic from 'next/dynamic'
import { type PointerEvent, useRef, useState } from 'react'
import { cn } from '@/lib/cn'
import { HEAD } from '@/lib/table/cells'
import { t } from '@/messages/records'
import type { Placed } from './geometry'
import { sortDirection } from './view'

const HeadMenu = dynamic(() => import('./head-menu').then((module) => module.HeadMenu), { ssr: false })

export type HeadActions = {
  onSort: (sort: string) => void
  onToggleSort: (column: string) => void
  onResize: (column: string, width: number) => void
  onPin: (column: string, isPinned: boolean) => void
  onHide: (column: string) => void
  onMove: (column: string, by: 1 | -1) => void
}

type Props = { placed: Placed; sort: string; isActive: boolean; actions: HeadActions }

export const NARROWEST = 56
export const WIDEST = 900

function Resizer({ placed, onResize }: { placed: Placed; onResize: HeadActions['onResize'] }) {
  const from = useRef<{ x: number; width: number } | null>(null)
  const start = (event: PointerEvent<HTMLSpanElement>) => {
    event.preventDefault()
    event.currentTarget.setPointerCapture(event.pointerId)
    from.current = { x: event.clientX, width: placed.width }
  }
  const drag = (event: PointerEvent) => {
    if (!from.current) return
    const width = from.current.width + event.clientX - from.current.x
    onResize(placed.column.id, Math.min(Math.max(width, NARROWEST), WIDEST))
  }
  return (
    <span
      aria-hidden
      onPointerDown={start}
      onPointerMove={drag}
      onPointerUp={() => {
        from.current = null
      }}
      className="absolute inset-y-0 right-0 w-2 cursor-col-resize touch-none border-transparent border-r-2 hover:border-accent"
    />
  )
}

/** A column's head: its name sorts, its menu does the rest, its right edge makes it wider. */
export function HeadCell({ placed, sort, isActive, actions }: Props) {
  const { column, place, left, width, isPinned, isLastPinned } = placed
  const [hasMenu, setMenu] = useState(false)
  const direction = column.canSort ? sortDirection(sort, column.id) : undefined
  const Arrow = direction === 'descending' ? ArrowDown : ArrowUp
  const tabIndex = isActive ? 0 : -1
  return (
    <div
      role="columnheader"
      aria-colindex={place + 1}
      aria-sort={direction ?? (column.canSort ? 'none' : undefined)}
      data-row={HEAD}
      data-column={place}
      className={cn(
        'group/head flex h-full items-center bg-sunken pr-1.5 pl-2.5',
        isPinned ? 'sticky z-10 shrink-0' : 'absolute top-0',
        isLastPinned && 'border-line border-r',
      )}
      style={{ width, left }}
    >
      <button
        type="button"
        tabIndex={tabIndex}
        title={column.group === 'fields' ? t('enrichedField', { name: column.label }) : column.label}
        aria-disabled={!column.canSort || undefined}
        onClick={() => column.canSort && actions.onToggleSort(column.id)}
        className={cn(
          'flex min-w-0 flex-1 items-center gap-1 rounded py-1 text-left font-medium text-muted text-xs -outline-offset-1',
          column.canSort ? 'hover:text-ink' : 'cursor-default',
          direction && 'text-ink',
        )}
      >
        {column.group === 'fields' && <Sparkles className="size-3 shrink-0 text-info-ink" aria-hidden />}
        <span className="truncate">{column.label}</span>
        {direction && <Arrow className="size-3 shrink-0" aria-hidden />}
      </button>
      {hasMenu ? (
        <HeadMenu
          placed={placed}
          sort={sort}
          actions={actions}
          tabIndex={tabIndex}
          onClosed={() => setMenu(false)}
        />
      ) : (
        <button
          type="button"
          tabIndex={tabIndex}
          aria-label={t('columnMenu', { name: column.label })}
          aria-haspopup="menu"
          onClick={() => setMenu(true)}
          className="flex size-6 shrink-0 items-center justify-center rounded text-faint opacity-0 hover:bg-hover hover:text-ink focus-visible:opacity-100 group-focus-within/head:opacity-100 group-hover/head:opacity-100"
        >
          <EllipsisVertical className="size-3.5" aria-hidden />
        </button>
      )}
      <Resizer placed={placed} onResize={actions.onResize} />
    </div>
  )
}
