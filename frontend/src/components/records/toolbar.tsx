'use client'

import { Bookmark, Columns3, ListFilter, RefreshCw, Rows2 } from 'lucide-react'
import dynamic from 'next/dynamic'
import { Button } from '@/components/ui/button'
import type { RunOut } from '@/lib/api/generated'
import type { RecordChanges } from '@/lib/queries/record-changes'
import type { RowSource } from '@/lib/queries/records'
import { t } from '@/messages/records'
import { ActiveFilters } from './active-filters'
import type { Column } from './columns'
import { SearchBox } from './search-box'
import { isFiltered, type RecordsView, type SetRecordsView } from './view'

type Props = {
  run: RunOut
  view: RecordsView
  setView: SetRecordsView
  all: readonly Column[]
  columns: readonly Column[]
  source: RowSource
  changes: RecordChanges
}

const place = (label: string, Icon: typeof Columns3) => () => (
  <Button disabled>
    <Icon aria-hidden />
    <span className="sr-only sm:not-sr-only">{label}</span>
  </Button>
)

const FilterMenu = dynamic(() => import('./filter-menu').then((module) => module.FilterMenu), {
  ssr: false,
  loading: place(t('filter'), ListFilter),
})
const ColumnChooser = dynamic(() => import('./column-chooser').then((module) => module.ColumnChooser), {
  ssr: false,
  loading: place(t('columns'), Columns3),
})
const DensityMenu = dynamic(() => import('./density-menu').then((module) => module.DensityMenu), {
  ssr: false,
  loading: place(t('density'), Rows2),
})

const ViewsMenu = dynamic(() => import('./views-menu').then((module) => module.ViewsMenu), {
  ssr: false,
  loading: place(t('views'), Bookmark),
})

function RowCount({ source }: { source: RowSource }) {
  const { value, is_exact: isExact } = source.total
  const shown = t(isExact ? 'rows' : 'rowsAtLeast', { count: value })
  return (
    <span role="status" className="figures whitespace-nowrap text-muted text-xs">
      {source.isPending ? '' : shown}
    </span>
  )
}

/** Search, filters, columns and density above the table. */
export function Toolbar({ run, view, setView, all, columns, source, changes }: Props) {
  const isPart = isFiltered(view) || (view.sort !== 'position' && view.sort !== '-position')
  return (
    <div className="flex flex-col gap-2 border-b p-2">
      <div className="flex flex-wrap items-center gap-2">
        <SearchBox value={view.q} onSearch={(q) => setView({ q: q || null })} />
        <FilterMenu run={run} view={view} setView={setView} />
        <ColumnChooser all={all} columns={columns} view={view} setView={setView} />
        <ViewsMenu view={view} setView={setView} />
        <DensityMenu density={view.density} onChange={(density) => setView({ density })} />
        <span className="ml-auto flex items-center gap-2">
          {isPart && changes.hasNews && (
            <Button size="sm" onClick={changes.refresh} title={t('changedHint')}>
              <RefreshCw aria-hidden />
              {t('refresh')}
            </Button>
          )}
          <RowCount source={source} />
        </span>
      </div>
      {isFiltered(view) && <ActiveFilters view={view} setView={setView} />}
    </div>
  )
}
