'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp, Building2, SearchX } from 'lucide-react'
import Link from 'next/link'
import { type MouseEvent, useEffect, useRef } from 'react'
import { EmptyState } from '@/components/state/empty-state'
import { ErrorState } from '@/components/state/error-state'
import { Button } from '@/components/ui/button'
import { buttonClasses } from '@/components/ui/button-classes'
import { Skeleton } from '@/components/ui/skeleton'
import type { CompanyOut } from '@/lib/api/generated'
import { cn } from '@/lib/cn'
import { companiesQuery } from '@/lib/queries/companies'
import { t } from '@/messages/companies'
import { COMPANY_COLUMNS, type CompanyColumn, Sources } from './columns'
import { type CompanyFilters, isFiltered, NO_FILTERS, type SetCompanyFilters, wishOf } from './filters'

const ROW_HEIGHT = 40
const DOMAIN = { id: 'domain', label: t('domain'), canSort: true, className: 'w-56' }
const WAITING = Array.from({ length: 12 }, (_, place) => `row ${place + 1}`)
const COLUMN_COUNT = COMPANY_COLUMNS.length + 1

type Props = { filters: CompanyFilters; setFilters: SetCompanyFilters; onOpen: (domain: string) => void }

/** The companies that pass, as many as are scrolled to. */
export function CompaniesList({ filters, setFilters, onOpen }: Props) {
  const query = useInfiniteQuery(companiesQuery({ ...wishOf(filters), sort: filters.sort }))
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query
  const rows = query.data?.pages.flatMap((page) => page.items) ?? []
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length + (hasNextPage ? 1 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  const wantsMore = hasNextPage && !isFetchingNextPage && !isFetchNextPageError && last >= rows.length - 20

  useEffect(() => {
    if (wantsMore) void fetchNextPage({ cancelRefetch: false })
  }, [wantsMore, fetchNextPage])

  if (query.isError && rows.length === 0) return <ErrorState error={query.error} onRetry={query.refetch} />
  if (query.isSuccess && rows.length === 0)
    return <Nothing filters={filters} onClear={() => setFilters(NO_FILTERS)} />
  const before = items[0]?.start ?? 0
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keyboard.
    <div ref={scroller} className="min-h-0 flex-1 overflow-auto -outline-offset-2" tabIndex={0}>
      <table
        aria-label={t('list')}
        aria-rowcount={query.data?.pages[0]?.count.is_exact ? query.data.pages[0].count.value + 1 : -1}
        className="w-full min-w-[80rem] table-fixed border-collapse text-left text-[0.8125rem]"
      >
        <Head sort={filters.sort} onSort={(sort) => setFilters({ sort: sort === 'domain' ? null : sort })} />
        <tbody>
          <Space height={before} />
          {query.isPending && WAITING.map((key) => <Waiting key={key} />)}
          {items.map(({ index }) => {
            const company = rows[index]
            return company ? (
              <Row key={company.domain} company={company} index={index} onOpen={onOpen} />
            ) : (
              <Waiting key="next" />
            )
          })}
          <Space height={after} />
        </tbody>
      </table>
      {isFetchNextPageError && <ErrorState error={query.error} onRetry={() => fetchNextPage()} />}
    </div>
  )
}

const nextSort = (sort: string, id: string) => (sort === id ? `-${id}` : id)

function Head({ sort, onSort }: { sort: string; onSort: (sort: string) => void }) {
  return (
    <thead className="sticky top-0 z-10">
      <tr>
        {[DOMAIN, ...COMPANY_COLUMNS].map(({ id, label, canSort, className }) => {
          const isUp = sort === id
          const isDown = sort === `-${id}`
          return (
            <th
              key={id}
              scope="col"
              aria-sort={isUp ? 'ascending' : isDown ? 'descending' : undefined}
              className={cn('h-8 border-b bg-sunken px-3 font-medium text-muted text-xs', className)}
            >
              {canSort ? (
                <button
                  type="button"
                  title={t('sortBy', { name: label })}
                  onClick={() => onSort(nextSort(sort, id))}
                  className="-mx-1 flex items-center gap-1 rounded px-1 hover:text-ink"
                >
                  {label}
                  {isUp && <ArrowUp className="size-3" aria-hidden />}
                  {isDown && <ArrowDown className="size-3" aria-hidden />}
                </button>
              ) : (
                label
              )}
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

const isPlain = (event: MouseEvent) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey

function Row({
  company,
  index,
  onOpen,
}: {
  company: CompanyOut
  index: number
  onOpen: (domain: string) => void
}) {
  return (
    <tr aria-rowindex={index + 2} className="h-10 border-b hover:bg-hover">
      <td className="truncate px-3">
        <span className="flex items-center gap-2">
          <Link
            href={`/company/?domain=${encodeURIComponent(company.domain)}`}
            prefetch={false}
            className="truncate font-medium text-info-ink hover:underline"
            onClick={(event) => {
              if (!isPlain(event)) return
              event.preventDefault()
              onOpen(company.domain)
            }}
          >
            {company.domain}
          </Link>
          <Sources company={company} />
        </span>
      </td>
      {COMPANY_COLUMNS.map((column) => (
        <Cell key={column.id} column={column} company={company} />
      ))}
    </tr>
  )
}

function Cell({ column, company }: { column: CompanyColumn; company: CompanyOut }) {
  const text = column.text(company)
  return (
    <td className="truncate px-3" title={text || undefined}>
      {text || <span className="text-faint">–</span>}
    </td>
  )
}

const Space = ({ height }: { height: number }) =>
  height > 0 ? (
    <tr aria-hidden>
      <td colSpan={COLUMN_COUNT} style={{ height }} />
    </tr>
  ) : null

const Waiting = () => (
  <tr className="h-10 border-b" aria-busy>
    <td colSpan={COLUMN_COUNT} className="px-3">
      <Skeleton className="h-3.5 w-full" />
      <span className="sr-only">{t('loadingRow')}</span>
    </td>
  </tr>
)

function Nothing({ filters, onClear }: { filters: CompanyFilters; onClear: () => void }) {
  if (isFiltered(filters))
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
      icon={Building2}
      title={t('none')}
      hint={t('noneHint')}
      action={
        <Link href="/" className={buttonClasses({ variant: 'primary' })}>
          {t('toStart')}
        </Link>
      }
    />
  )
}
