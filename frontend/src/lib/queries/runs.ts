// Runs: keys, queries, what is done with a run, and what that makes stale.

import {
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import {
  cancelRun,
  getRunCharts,
  getRunReport,
  type ListRunsData,
  listRuns,
  pauseRun,
  type RetryIn,
  type RunOut,
  type RunShownOut,
  resumeRun,
  retryRun,
} from '@/lib/api/generated'
import {
  getRunChartsQueryKey,
  getRunOptions,
  getRunQueryKey,
  getRunReportQueryKey,
  listRunsOptions,
  listRunsQueryKey,
} from '@/lib/api/generated/@tanstack/react-query.gen'
import type { ApiProblem } from '@/lib/api/problem'

export type RunState = RunOut['state']

const ENDED: ReadonlySet<RunState> = new Set(['succeeded', 'partial', 'failed', 'cancelled'])
const WORKING: ReadonlySet<RunState> = new Set(['importing', 'queued', 'running'])

/** Whether the run changes no more unless somebody asks it to. */
export const hasEnded = (state: RunState): boolean => ENDED.has(state)
export const isWorking = (state: RunState): boolean => WORKING.has(state)

const path = (id: string) => ({ path: { run_id: id } })

export const runQuery = (id: string) => getRunOptions(path(id))

/** The report; asked again when the run's version has grown. */
export const reportQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: [...getRunReportQueryKey(path(id)), version] as const,
    queryFn: async ({ signal }) => (await getRunReport({ ...path(id), signal, throwOnError: true })).data,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  })

/** The pictures; asked again when the run's version has grown. */
export const chartsQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: [...getRunChartsQueryKey(path(id)), version] as const,
    queryFn: async ({ signal }) => (await getRunCharts({ ...path(id), signal, throwOnError: true })).data,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  })

/** Puts a run as it is now where everybody reads it. An older one than what is there is left out. */
export function keepRun(client: QueryClient, run: RunOut): void {
  client.setQueryData<RunShownOut>(getRunQueryKey(path(run.id)), (kept) =>
    kept && kept.version <= run.version ? { ...kept, ...run } : kept,
  )
}

/** The newest runs, a few of them. */
const RUNS_PAGE = 50
const LOOK_MS = 4_000

export type RunsWish = Pick<NonNullable<ListRunsData['query']>, 'q' | 'state'>

/** The list of runs, a page after the other; looked at again while one of them works. */
export const runsQuery = (wish: RunsWish) =>
  infiniteQueryOptions({
    queryKey: [...listRunsQueryKey(), 'list', wish] as const,
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...wish, limit: RUNS_PAGE, cursor: pageParam }
      return (await listRuns({ query, signal, throwOnError: true })).data
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: (query) =>
      query.state.data?.pages.some((page) => page.items.some(({ state }) => isWorking(state)))
        ? LOOK_MS
        : false,
  })

export const recentRunsQuery = (limit: number) => listRunsOptions({ query: { limit } })

export const forgetRuns = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({ queryKey: [{ _id: listRunsQueryKey()[0]._id }] })

type Changes = {
  pause: undefined
  resume: { budget?: number | null } | undefined
  cancel: undefined
  retry: RetryIn
}

const ASK = {
  pause: (id: string) => pauseRun({ ...path(id), throwOnError: true }),
  cancel: (id: string) => cancelRun({ ...path(id), throwOnError: true }),
  resume: (id: string, body: Changes['resume']) =>
    resumeRun({ ...path(id), body: body ?? {}, throwOnError: true }),
  retry: (id: string, body: Changes['retry']) => retryRun({ ...path(id), body, throwOnError: true }),
} as const

function useChange<K extends keyof Changes>(id: string, kind: K) {
  const client = useQueryClient()
  return useMutation<RunOut, ApiProblem, Changes[K]>({
    mutationFn: async (body) => {
      const ask = ASK[kind] as (id: string, body: Changes[K]) => Promise<{ data: RunOut }>
      return (await ask(id, body)).data
    },
    onSuccess: (run) => {
      keepRun(client, run)
      void forgetRuns(client)
    },
  })
}

export const usePauseRun = (id: string) => useChange(id, 'pause')
export const useCancelRun = (id: string) => useChange(id, 'cancel')
/** Goes on with a paused run, if wanted with a new budget. */
export const useResumeRun = (id: string) => useChange(id, 'resume')
/** Asks ended companies again, by outcome or by reason. */
export const useRetryRun = (id: string) => useChange(id, 'retry')
