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

type OnItsWay = Pick<Props, 'index' | 'top' | 'height' | 'width'>

/** A row that is not here yet: as little as can be, because a leap passes thousands of them. */
function RowOnItsWay({ index, top, height, width }: OnItsWay) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-busy
      className="absolute left-0 border-line border-b bg-surface"
      style={{ height, width, transform: `translateY(${top}px)` }}
    >
      <div
        role="gridcell"
        data-row={index}
        data-column={0}
        tabIndex={-1}
        className="sticky left-0 flex h-full w-80 items-center px-2.5"
      >
        <span aria-hidden className="h-2.5 w-56 rounded bg-hover" />
        <span className="sr-only">{t('loadingRow', { number: index + 1 })}</span>
      </div>
    </div>
  )
}

/** One row. It is drawn anew only when something in it has changed. */
export const Row = memo(function Row(props: Props) {
  const { index, record, top, height, width, placed, active, selectedFrom, selectedTo } = props
  if (!record && active < 0) return <RowOnItsWay index={index} top={top} height={height} width={width} />
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
