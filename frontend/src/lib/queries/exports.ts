// A run's file: where it is streamed from, and those that are made in the background.

import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  deleteExport,
  type ExportIn,
  type ExportOut,
  listRunExports,
  prepareRunExport,
} from '@/lib/api/generated'
import type { ApiProblem } from '@/lib/api/problem'

const LOOK_MS = 1_000

export type ExportFormat = NonNullable<ExportIn['format']>

const exportsKey = (runId: string) => ['exports', runId] as const
const isOpen = ({ state }: ExportOut) => state === 'queued' || state === 'running'

/** The run's prepared files, newest first; looked at again while one is being made. */
export const exportsQuery = (runId: string) =>
  queryOptions({
    queryKey: exportsKey(runId),
    queryFn: async ({ signal }) =>
      (
        await listRunExports({
          path: { run_id: runId },
          query: { limit: 20 },
          signal,
          throwOnError: true,
        })
      ).data,
    refetchInterval: (query) => (query.state.data?.items.some(isOpen) ? LOOK_MS : false),
  })

export function usePrepareExport(runId: string) {
  const client = useQueryClient()
  return useMutation<ExportOut, ApiProblem, ExportIn>({
    mutationFn: async (body) =>
      (await prepareRunExport({ path: { run_id: runId }, body, throwOnError: true })).data,
    onSuccess: () => void client.invalidateQueries({ queryKey: exportsKey(runId) }),
  })
}

export function useDeleteExport(runId: string) {
  const client = useQueryClient()
  return useMutation<unknown, ApiProblem, string>({
    mutationFn: (id) => deleteExport({ path: { export_id: id }, throwOnError: true }),
    onSettled: () => void client.invalidateQueries({ queryKey: exportsKey(runId) }),
  })
}

/** Where the run's file is streamed from, below the API's address. */
export function exportPath(runId: string, { format, provenance, neutralise }: ExportIn): string {
  const query = new URLSearchParams()
  if (format) query.set('format', format)
  if (provenance) query.set('provenance', 'true')
  if (neutralise) query.set('neutralise', 'true')
  const text = query.toString()
  return `/v1/runs/${encodeURIComponent(runId)}/export${text ? `?${text}` : ''}`
}

export const exportFilePath = (id: string): string => `/v1/exports/${encodeURIComponent(id)}/file`
