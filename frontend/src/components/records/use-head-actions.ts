import { useMemo, useRef } from 'react'
import type { Column } from './columns'
import type { HeadActions } from './head-cell'
import { nextSort, type RecordsView, type SetRecordsView } from './view'

/** What a column's head does to the view in the address. */
export function useHeadActions(
  view: RecordsView,
  setView: SetRecordsView,
  columns: readonly Column[],
): HeadActions {
  const live = useRef({ view, columns })
  live.current = { view, columns }
  return useMemo(() => {
    const ids = () => live.current.columns.map((column) => column.id)
    return {
      onSort: (sort) => void setView({ sort }),
      onToggleSort: (column) => void setView({ sort: nextSort(live.current.view.sort, column) }),
      onResize: (column, width) =>
        void setView((before) => ({ widths: { ...before.widths, [column]: width } })),
      onPin: (column, isPinned) =>
        void setView(({ pinned }) => ({
          pinned: isPinned ? [...pinned, column] : pinned.filter((id) => id !== column),
        })),
      onHide: (column) => void setView({ columns: ids().filter((id) => id !== column) }),
      onMove: (column, by) => {
        const order = ids()
        const from = order.indexOf(column)
        const to = Math.min(Math.max(from + by, 0), order.length - 1)
        order.splice(to, 0, ...order.splice(from, 1))
        void setView({ columns: order })
      },
    }
  }, [setView])
}
