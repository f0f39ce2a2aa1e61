import { memo } from 'react'
import { Skeleton } from '@/components/ui/skeleton'
import type { RecordOut } from '@/lib/api/generated'
import { cn } from '@/lib/cn'
import { t } from '@/messages/records'
import { CellContent } from './cell'
import type { Placed } from './geometry'

type Props = {
  index: number
  record: RecordOut | undefined
  top: number
  height: number
  width: number
  placed: readonly Placed[]
  /** The column of the cell that takes the focus, or -1. */
  active: number
  /** The first and the last selected column, or -1. */
  selectedFrom: number
  selectedTo: number
}

const isRight = (kind: Placed['column']['kind']) => kind === 'number' || kind === 'position'

/** One row. It is drawn anew only when something in it has changed. */
export const Row = memo(function Row(props: Props) {
  const { index, record, top, height, width, placed, active, selectedFrom, selectedTo } = props
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-busy={record === undefined || undefined}
      className="group absolute left-0 flex border-line border-b"
      style={{ height, width, transform: `translateY(${top}px)` }}
    >
      {placed.map(({ column, place, width: cellWidth, left, isPinned, isLastPinned }) => {
        const isSelected = place >= selectedFrom && place <= selectedTo
        return (
          <div
            key={column.id}
            role="gridcell"
            aria-colindex={place + 1}
            aria-selected={isSelected || undefined}
            tabIndex={place === active ? 0 : -1}
            data-row={index}
            data-column={place}
            className={cn(
              'flex shrink-0 items-center overflow-hidden whitespace-nowrap px-2.5 -outline-offset-2',
              isPinned ? 'sticky z-10' : 'absolute top-0 h-full',
              isLastPinned && 'border-line border-r',
              isSelected ? 'bg-selected' : 'bg-surface group-hover:bg-hover',
              isRight(column.kind) && 'figures justify-end',
              column.kind === 'position' && 'text-faint',
            )}
            style={{ width: cellWidth, left }}
          >
            {record ? (
              <CellContent column={column} record={record} />
            ) : (
              <>
                <Skeleton className="h-3 w-3/5" />
                {place === 0 && <span className="sr-only">{t('loadingRow', { number: index + 1 })}</span>}
              </>
            )}
          </div>
        )
      })}
    </div>
  )
})
