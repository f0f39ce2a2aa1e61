// A run's records a page at a time. In the list's own order and unfiltered, a page is found by the position of its first
// row, so that the table can leap anywhere; in every other order a page follows the one before it.

import {
  type InfiniteData,
  type QueryClient,
  useInfiniteQuery,
  useQueries,
  useQueryClient,
} from '@tanstack/react-query'
import { useCallback, useEffect, useMemo } from 'react'
import { type ListRunRecordsData, listRunRecords, type RecordOut, type RecordPage } from '@/lib/api/generated'
import { useThrottled } from '@/lib/use-throttled'

export const PAGE = 100
const CHAIN_PAGE = 200
const RANGE_WAIT_MS = 90
const KEPT_MS = 5 * 60_000

export type RecordsWish = Omit<NonNullable<ListRunRecordsData['query']>, 'cursor' | 'limit' | 'changed_after'>

/** Rows as the table wants them: how many there are, and each by its place. */
export type RowSource = {
  readonly count: number
  /** How many there are; more than that where it is not exact. */
  readonly total: { readonly value: number; readonly is_exact: boolean }
  readonly rowAt: (index: number) => RecordOut | undefined
  readonly error: unknown
  readonly isPending: boolean
  readonly retry: () => void
}

type Asked = { id: string; wish: RecordsWish; first: number; last: number; isOn: boolean }

export const recordsKey = (id: string) => ['records', id] as const
/** `size` is how many rows the page has now: a page that grew while the list was read is another page. */
const pageKey = (id: string, wish: RecordsWish, page: number, size: number) =>
  [...recordsKey(id), 'page', wish, page, size] as const
const chainKey = (id: string, wish: RecordsWish) => [...recordsKey(id), 'chain', wish] as const

type More = { cursor?: string | null; from_position?: number; changed_after?: number; limit?: number }

async function ask(id: string, wish: RecordsWish, more: More, signal?: AbortSignal): Promise<RecordPage> {
  const query = { limit: PAGE, ...wish, ...more }
  const { data } = await listRunRecords({ path: { run_id: id }, query, signal, throwOnError: true })
  return data
}

const NOTHING = { value: 0, is_exact: false } as const

const pagesOf = (first: number, last: number): number[] => {
  const from = Math.max(0, Math.floor(first / PAGE))
  const to = Math.floor(Math.max(first, last) / PAGE)
  return Array.from({ length: to - from + 1 }, (_, place) => from + place)
}

/** Rows of the list's own order, `count` of them, any of which can be leapt to. */
export function useRowsByPosition({ id, wish, first, last, isOn }: Asked, count: number): RowSource {
  const range = useThrottled(`${first}:${last}`, RANGE_WAIT_MS)
  const [from = 0, to = 0] = range.split(':').map(Number)
  const pages = useMemo(
    () => (isOn && count > 0 ? pagesOf(from, Math.min(to, count - 1)) : []),
    [isOn, count, from, to],
  )
  const isReversed = wish.sort === '-position'
  const client = useQueryClient()
  const sizeOf = (page: number) => (isReversed ? count : Math.min(PAGE, count - page * PAGE))
  const keyAt = (page: number) => pageKey(id, wish, page, sizeOf(page))
  const answers = useQueries({
    queries: pages.map((page) => ({
      queryKey: keyAt(page),
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        ask(id, wish, { from_position: isReversed ? count - page * PAGE : page * PAGE + 1 }, signal),
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: KEPT_MS,
    })),
  })
  // Pages that were seen a moment ago are still kept, though nobody waits for them any more.
  const rowAt = (index: number) =>
    client.getQueryData<RecordPage>(keyAt(Math.floor(index / PAGE)))?.items[index % PAGE]
  const failed = answers.find((answer) => answer.isError)
  return {
    count,
    total: { value: count, is_exact: true },
    rowAt,
    error: failed?.error ?? null,
    isPending: answers.length > 0 && answers.every((answer) => answer.isPending),
    retry: () => void failed?.refetch(),
  }
}

/** Rows of any other order, or of a part of the list: as many as were scrolled to, and room for the next page. */
export function useRowsInChain({ id, wish, last, isOn }: Asked): RowSource {
  const chain = useInfiniteQuery({
    queryKey: chainKey(id, wish),
    queryFn: ({ pageParam, signal }) => ask(id, wish, { cursor: pageParam, limit: CHAIN_PAGE }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    enabled: isOn,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT_MS,
  })
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = chain
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data])
  const rowAt = useCallback((index: number) => rows[index], [rows])
  const total = data?.pages[0]?.count ?? NOTHING
  const wantsMore = isOn && hasNextPage && !isFetchingNextPage && !isFetchNextPageError && last >= rows.length

  useEffect(() => {
    if (wantsMore) void fetchNextPage({ cancelRefetch: false })
  }, [wantsMore, fetchNextPage])

  return {
    // Where the number is known there is room for all of them from the start; else for the next page.
    count: !hasNextPage
      ? rows.length
      : total.is_exact
        ? Math.max(total.value, rows.length)
        : rows.length + CHAIN_PAGE,
    total: hasNextPage ? total : { value: rows.length, is_exact: true },
    rowAt,
    error: chain.error,
    isPending: chain.isPending && isOn,
    retry: () => void (isFetchNextPageError ? fetchNextPage() : chain.refetch()),
  }
}

const patched = (page: RecordPage, byPosition: ReadonlyMap<number, RecordOut>): RecordPage =>
  page.items.some((row) => byPosition.has(row.position))
    ? { ...page, items: page.items.map((row) => byPosition.get(row.position) ?? row) }
    : page

/** Puts changed rows where they are shown, each in its place. */
function putRows(client: QueryClient, id: string, changed: readonly RecordOut[]): void {
  const byPosition = new Map(changed.map((row) => [row.position, row]))
  client.setQueriesData<RecordPage>(
    { queryKey: [...recordsKey(id), 'page'] },
    (page) => page && patched(page, byPosition),
  )
  client.setQueriesData<InfiniteData<RecordPage>>(
    { queryKey: [...recordsKey(id), 'chain'] },
    (chain) => chain && { ...chain, pages: chain.pages.map((page) => patched(page, byPosition)) },
  )
}

const MOST_CHANGED = 500

/**
 * Asks which rows changed after a version and puts them where they are shown. Answers whether that were all: if not, what
 * is shown has to be asked again.
 */
export async function takeChanges(
  client: QueryClient,
  id: string,
  after: number,
  signal: AbortSignal,
): Promise<boolean> {
  const page = await ask(id, {}, { changed_after: after, limit: MOST_CHANGED }, signal)
  putRows(client, id, page.items)
  return page.next_cursor === null
}
