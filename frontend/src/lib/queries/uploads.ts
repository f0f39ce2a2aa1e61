// An uploaded list, its dry run, and the run it becomes.

import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  createRun,
  createSampleUpload,
  createUpload,
  previewRun,
  type RunIn,
  type RunOut,
  type UploadOut,
} from '@/lib/api/generated'
import type { ApiProblem } from '@/lib/api/problem'
import { forgetRuns, keepRun } from './runs'

type Sent = { file: File; onProgress: (share: number) => void }

export const useUpload = () =>
  useMutation<UploadOut, ApiProblem, Sent>({
    mutationFn: async ({ file, onProgress }) => {
      const { data } = await createUpload({
        body: { file },
        onUploadProgress: ({ progress }) => progress !== undefined && onProgress(progress),
        throwOnError: true,
      })
      return data
    },
  })

/** The list that comes with Firmograph, as an upload. */
export const useSampleUpload = () =>
  useMutation<UploadOut, ApiProblem, void>({
    mutationFn: async () => (await createSampleUpload({ throwOnError: true })).data,
  })

/** The dry run: reads the whole list, asks nobody, spends nothing. */
export const previewQuery = (wish: RunIn) =>
  queryOptions({
    queryKey: ['preview', wish] as const,
    queryFn: async ({ signal }) => (await previewRun({ body: wish, signal, throwOnError: true })).data,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })

/** Starts a run. The key makes a second press, or a repeated request, the same run. */
export function useStartRun() {
  const client = useQueryClient()
  return useMutation<RunOut, ApiProblem, { wish: RunIn; key: string }>({
    mutationFn: async ({ wish, key }) =>
      (await createRun({ body: wish, headers: { 'idempotency-key': key }, throwOnError: true })).data,
    onSuccess: (run) => {
      keepRun(client, run)
      void forgetRuns(client)
    },
  })
}
