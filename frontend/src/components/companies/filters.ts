// What is shown of the companies: in the address, so that it can be shared and found again.

import { parseAsArrayOf, parseAsString, useQueryStates } from 'nuqs'
import type { CompaniesWish } from '@/lib/queries/companies'

export const FACETS = ['country_code', 'industry', 'employee_range', 'revenue_range'] as const
export type Facet = (typeof FACETS)[number]

const words = parseAsArrayOf(parseAsString).withDefault([])

const parsers = {
  q: parseAsString.withDefault(''),
  country_code: words,
  industry: words,
  employee_range: words,
  revenue_range: words,
  sort: parseAsString.withDefault('domain'),
}

export const useCompanyFilters = () => useQueryStates(parsers, { history: 'replace', shallow: true })

export type CompanyFilters = ReturnType<typeof useCompanyFilters>[0]
export type SetCompanyFilters = ReturnType<typeof useCompanyFilters>[1]

export const NO_FILTERS = {
  q: null,
  country_code: null,
  industry: null,
  employee_range: null,
  revenue_range: null,
} as const

export const isFiltered = (filters: CompanyFilters): boolean =>
  filters.q.trim() !== '' || FACETS.some((facet) => filters[facet].length > 0)

/** The filters as the API takes them, if wanted without those of one facet: its other values can then be chosen too. */
export function wishOf(filters: CompanyFilters, without?: Facet): Omit<CompaniesWish, 'sort'> {
  const chosen = FACETS.filter((facet) => facet !== without && filters[facet].length > 0)
  return {
    ...(filters.q.trim() && { q: filters.q.trim() }),
    ...Object.fromEntries(chosen.map((facet) => [facet, filters[facet]])),
  }
}

/** The values with one more, or without one that was there. */
export const toggled = (values: readonly string[], value: string): string[] | null => {
  const next = values.includes(value) ? values.filter((each) => each !== value) : [...values, value]
  return next.length > 0 ? next : null
}
