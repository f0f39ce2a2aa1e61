// Providers: on or off and why, limits, what was spent, and the test of a key.

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type CheckOut, checkProvider } from '@/lib/api/generated'
import { listProvidersOptions, listProvidersQueryKey } from '@/lib/api/generated/@tanstack/react-query.gen'
import type { ApiProblem } from '@/lib/api/problem'

export const providersQuery = () => ({ ...listProvidersOptions(), staleTime: 60_000 })

/** Tests a provider's key with the provider itself; costs nothing. */
export function useCheckProvider(name: string) {
  const client = useQueryClient()
  return useMutation<CheckOut, ApiProblem, void>({
    mutationFn: async () => (await checkProvider({ path: { name }, throwOnError: true })).data,
    onSettled: () => void client.invalidateQueries({ queryKey: listProvidersQueryKey() }),
  })
}
