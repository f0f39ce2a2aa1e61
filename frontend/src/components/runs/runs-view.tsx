'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { Plus, Rows3, SearchX } from 'lucide-react'
import Link from 'next/link'
import { parseAsArrayOf, parseAsString, useQueryStates } from 'nuqs'
import { SearchBox } from '@/components/records/search-box'
import { PageBody, PageHead } from '@/components/shell/page'
import { EmptyState } from '@/components/state/empty-state'
import { ErrorState } from '@/components/state/error-state'
import { LoadingState } from '@/components/state/loading-state'
import { Button } from '@/components/ui/button'
import { buttonClasses } from '@/components/ui/button-classes'
import { Card } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import type { RunState } from '@/lib/api/generated'
import { cn } from '@/lib/cn'
import { runsQuery } from '@/lib/queries/runs'
import { t } from '@/messages/runs'
import { stateWord } from '@/messages/words'
import { RunsTable } from './runs-table'

const STATES: readonly RunState[] = [
  'importing',
  'queued',
  'running',
  'paused',
  'succeeded',
  'partial',
  'failed',
  'cancelled',
]

const parsers = {
  q: parseAsString.withDefault(''),
  state: parseAsArrayOf(parseAsString).withDefault([]),
}

/** Every run, newest first, found by its name or its file's, and by its state. */
export function RunsView() {
  const [filters, setFilters] = useQueryStates(parsers, { history: 'replace', shallow: true })
  const chosen = STATES.filter((state) => filters.state.includes(state))
  const q = filters.q.trim()
  const runs = useInfiniteQuery(runsQuery({ ...(q && { q }), ...(chosen.length > 0 && { state: chosen }) }))
  const items = runs.data?.pages.flatMap((page) => page.items) ?? []
  const toggle = (state: RunState) => {
    const next = chosen.includes(state) ? chosen.filter((each) => each !== state) : [...chosen, state]
    void setFilters({ state: next.length > 0 ? next : null })
  }
  return (
    <>
      <PageHead
        title={t('title')}
        hint={t('hint')}
        actions={
          <Link href="/" className={buttonClasses({ variant: 'primary' })}>
            <Plus aria-hidden />
            {t('newRun')}
          </Link>
        }
      />
      <PageBody>
        <Card className="overflow-hidden">
          <div className="flex flex-wrap items-center gap-2 border-b p-2">
            <SearchBox
              label={t('search')}
              value={filters.q}
              onSearch={(text) => void setFilters({ q: text || null })}
            />
            <fieldset className="flex flex-wrap gap-1">
              <legend className="sr-only">{t('states')}</legend>
              {STATES.map((state) => (
                <StateToggle
                  key={state}
                  state={state}
                  isOn={chosen.includes(state)}
                  onPress={() => toggle(state)}
                />
              ))}
            </fieldset>
          </div>
          {runs.isPending && <Waiting />}
          {runs.isError && items.length === 0 && <ErrorState error={runs.error} onRetry={runs.refetch} />}
          {runs.isSuccess && items.length === 0 && (
            <Nothing
              isPart={q !== '' || chosen.length > 0}
              onClear={() => void setFilters({ q: null, state: null })}
            />
          )}
          {items.length > 0 && <RunsTable runs={items} />}
        </Card>
        {runs.hasNextPage && (
          <Button
            className="self-center"
            isBusy={runs.isFetchingNextPage}
            onClick={() => void runs.fetchNextPage()}
          >
            {t('more')}
          </Button>
        )}
      </PageBody>
    </>
  )
}

type ToggleProps = { state: RunState; isOn: boolean; onPress: () => void }

const StateToggle = ({ state, isOn, onPress }: ToggleProps) => (
  <button
    type="button"
    aria-pressed={isOn}
    onClick={onPress}
    className={cn(
      'h-7 rounded-md border px-2 text-xs transition-colors',
      isOn ? 'border-accent bg-selected font-medium text-ink' : 'border-line text-muted hover:bg-hover',
    )}
  >
    {stateWord(state)}
  </button>
)

const Waiting = () => (
  <LoadingState className="flex flex-col gap-2 p-3">
    {['one', 'two', 'three', 'four', 'five', 'six'].map((key) => (
      <Skeleton key={key} className="h-9" />
    ))}
  </LoadingState>
)

function Nothing({ isPart, onClear }: { isPart: boolean; onClear: () => void }) {
  if (isPart)
    return (
      <EmptyState
        icon={SearchX}
        title={t('noMatch')}
        hint={t('noMatchHint')}
        action={<Button onClick={onClear}>{t('clear')}</Button>}
      />
    )
  return (
    <EmptyState
      icon={Rows3}
      title={t('none')}
      hint={t('noneHint')}
      action={
        <Link href="/" className={buttonClasses({ variant: 'primary' })}>
          {t('newRun')}
        </Link>
      }
    />
  )
}
