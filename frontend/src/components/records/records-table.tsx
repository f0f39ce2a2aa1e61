'use client'

import { Rows3, SearchX } from 'lucide-react'
import { useCallback, useId, useMemo, useState } from 'react'
import { EmptyState } from '@/components/state/empty-state'
import { ErrorState } from '@/components/state/error-state'
import { Button } from '@/components/ui/button'
import type { RunOut } from '@/lib/api/generated'
import { useRecordChanges } from '@/lib/queries/record-changes'
import { type RecordsWish, type RowSource, useRowsByPosition, useRowsInChain } from '@/lib/queries/records'
import { isWorking } from '@/lib/queries/runs'
import { t } from '@/messages/records'
import { columnsOf, shownColumns } from './columns'
import { Grid } from './grid'
import { Toolbar } from './toolbar'
import { useHeadActions } from './use-head-actions'
import { isFiltered, NO_FILTER, type RecordsView, useRecordsView, wishOf } from './view'

type Props = { run: RunOut; originals: readonly string[]; onOpen: (domain: string) => void }

/** The rows as the server gives them for this view: to leap in where it can, else one page after the other. */
function useRows(
  run: RunOut,
  view: RecordsView,
): { source: RowSource; onRange: (first: number, last: number) => void } {
  const [range, setRange] = useState({ first: 0, last: 40 })
  const onRange = useCallback((first: number, last: number) => setRange({ first, last }), [])
  const { sort } = view
  const canLeap = !isFiltered(view) && (sort === 'position' || sort === '-position')
  // The view is new when a width changes; what is asked for is not.
  const text = JSON.stringify(wishOf(view))
  const wish = useMemo(() => JSON.parse(text) as RecordsWish, [text])
  const byPosition = useRowsByPosition({ id: run.id, wish, ...range, isOn: canLeap }, run.counts.records)
  const inChain = useRowsInChain({ id: run.id, wish, ...range, isOn: !canLeap })
  return { source: canLeap ? byPosition : inChain, onRange }
}

/** Every record of a run with its original columns and the enriched ones. */
export function RecordsTable({ run, originals, onOpen }: Props) {
  const [view, setView] = useRecordsView()
  const hintId = useId()
  const fieldsKey = run.fields.join()
  const originalsKey = originals.join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the run is new with every event, its columns are not.
  const all = useMemo(() => columnsOf(run.fields, originals), [fieldsKey, originalsKey])
  const columns = useMemo(
    () => shownColumns(all, view.columns, view.pinned),
    [all, view.columns, view.pinned],
  )
  const { source, onRange } = useRows(run, view)
  const question = JSON.stringify(wishOf(view))
  const changes = useRecordChanges(run, question)
  const actions = useHeadActions(view, setView, columns)
  const pinnedCount = columns.filter((column) => view.pinned.includes(column.id)).length

  return (
    <section
      aria-label={t('table')}
      className="flex min-h-0 flex-1 flex-col overflow-hidden rounded-lg border bg-surface shadow-raised"
    >
      <Toolbar
        run={run}
        view={view}
        setView={setView}
        all={all}
        columns={columns}
        source={source}
        changes={changes}
      />
      <p id={hintId} className="sr-only">
        {t('keys')}
      </p>
      {source.error ? (
        <ErrorState error={source.error} onRetry={source.retry} />
      ) : source.count === 0 && !source.isPending ? (
        <Nothing run={run} isFiltered={isFiltered(view)} onClear={() => setView(NO_FILTER)} />
      ) : (
        <Grid
          columns={columns}
          pinnedCount={pinnedCount}
          view={view}
          source={source.isPending && source.count === 0 ? { ...source, count: 20 } : source}
          actions={actions}
          onRange={onRange}
          onOpen={onOpen}
          question={question}
          hintId={hintId}
        />
      )}
    </section>
  )
}

type NothingProps = { run: RunOut; isFiltered: boolean; onClear: () => void }

function Nothing({ run, isFiltered: isPart, onClear }: NothingProps) {
  if (isPart)
    return (
      <EmptyState
        icon={SearchX}
        title={t('noRows')}
        hint={t('noRowsHint')}
        action={<Button onClick={onClear}>{t('clearFilters')}</Button>}
      />
    )
  return isWorking(run.state) ? (
    <EmptyState icon={Rows3} title={t('notYet')} hint={t('notYetHint')} />
  ) : (
    <EmptyState icon={Rows3} title={t('emptyRun')} />
  )
}
