// Companies: a list with facets, the story of one, what a person sets, and asking again.

import {
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import {
  type CompanyStory,
  getCompany,
  getLookup,
  type ListCompaniesData,
  listCompanies,
  type OverrideOut,
  type RunOut,
  refreshCompany,
  setCompanyOverrides,
} from '@/lib/api/generated'
import { getCompanyFacetsOptions } from '@/lib/api/generated/@tanstack/react-query.gen'
import type { ApiProblem } from '@/lib/api/problem'
import { forgetRuns } from './runs'

export const PAGE = 100

export type CompaniesWish = Omit<NonNullable<ListCompaniesData['query']>, 'cursor' | 'limit'>
export type OverrideValue = OverrideOut['value']

const COMPANIES = ['companies'] as const
const storyKey = (domain: string) => ['company', domain] as const

/** The list, a page after the other. */
export const companiesQuery = (wish: CompaniesWish) =>
  infiniteQueryOptions({
    queryKey: [...COMPANIES, wish] as const,
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...wish, limit: PAGE, cursor: pageParam }
      return (await listCompanies({ query, signal, throwOnError: true })).data
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })

/** Counts by value under these filters. */
export const facetsQuery = (wish: Omit<CompaniesWish, 'sort'>) => ({
  ...getCompanyFacetsOptions({ query: wish }),
  staleTime: 60_000,
})

/** The whole story, without raw answers: they come one by one, when they are wanted. */
export const storyQuery = (domain: string) =>
  queryOptions({
    queryKey: storyKey(domain),
    queryFn: async ({ signal }) =>
      (await getCompany({ path: { domain }, query: { payloads: false }, signal, throwOnError: true })).data,
  })

/** One lookup with its raw answer; it never changes. */
export const lookupQuery = (id: string) =>
  queryOptions({
    queryKey: ['lookup', id] as const,
    queryFn: async ({ signal }) =>
      (await getLookup({ path: { lookup_id: id }, signal, throwOnError: true })).data,
    staleTime: Number.POSITIVE_INFINITY,
  })

const forgetCompanies = (client: QueryClient) => {
  void client.invalidateQueries({ queryKey: COMPANIES })
  void client.invalidateQueries({ queryKey: [{ _id: 'getCompanyFacets' }] })
}

/** Sets values by field; `null` takes one away. */
export function useSetOverrides(domain: string) {
  const client = useQueryClient()
  return useMutation<CompanyStory, ApiProblem, Record<string, OverrideValue | null>>({
    mutationFn: async (overrides) =>
      (await setCompanyOverrides({ path: { domain }, body: { overrides }, throwOnError: true })).data,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: storyKey(domain) })
      forgetCompanies(client)
    },
  })
}

/** Asks again about a company: a run for it alone. */
export function useRefreshCompany(domain: string) {
  const client = useQueryClient()
  return useMutation<RunOut, ApiProblem, void>({
    mutationFn: async () => (await refreshCompany({ path: { domain }, throwOnError: true })).data,
    onSuccess: () => void forgetRuns(client),
  })
}

/** A run about the company has ended: all that is known of it is asked again. */
export function forgetCompany(client: QueryClient, domain: string): void {
  void client.invalidateQueries({ queryKey: storyKey(domain) })
  forgetCompanies(client)
}
