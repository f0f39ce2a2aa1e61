// A run's numbers as its pictures need them.

import { queryOptions } from '@tanstack/react-query'
import { getRunCharts } from '@/lib/api/generated'

/** The charts of a run; asked again when the run's version has grown, at most every few seconds. */
export const chartsQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: ['charts', id, version] as const,
    queryFn: async ({ signal }) =>
      (await getRunCharts({ path: { run_id: id }, signal, throwOnError: true })).data,
    placeholderData: (before) => before,
    staleTime: Number.POSITIVE_INFINITY,
  })
