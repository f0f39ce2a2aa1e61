// Saved views: a page's own query under a name, kept on the server for everybody who uses it.

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { createView, deleteView, type ViewIn, type ViewOut } from '@/lib/api/generated'
import { listViewsOptions, listViewsQueryKey } from '@/lib/api/generated/@tanstack/react-query.gen'
import type { ApiProblem } from '@/lib/api/problem'

export type ViewScope = ViewIn['scope']

export const viewsQuery = (scope: ViewScope) => ({
  ...listViewsOptions({ query: { scope } }),
  staleTime: 60_000,
})

const useForgetViews = () => {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: [{ _id: listViewsQueryKey()[0]._id }] })
}

export const useSaveView = () =>
  useMutation<ViewOut, ApiProblem, ViewIn>({
    mutationFn: async (body) => (await createView({ body, throwOnError: true })).data,
    onSuccess: useForgetViews(),
  })

export const useDeleteView = () =>
  useMutation<unknown, ApiProblem, string>({
    mutationFn: (id) => deleteView({ path: { view_id: id }, throwOnError: true }),
    onSuccess: useForgetViews(),
  })
