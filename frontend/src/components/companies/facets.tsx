'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ErrorState } from '@/components/state/error-state'
import { LoadingState } from '@/components/state/loading-state'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Skeleton } from '@/components/ui/skeleton'
import type { FacetValue } from '@/lib/api/generated'
import { countryName } from '@/lib/format/countries'
import { formatNumber } from '@/lib/format/numbers'
import { facetsQuery } from '@/lib/queries/companies'
import { t } from '@/messages/companies'
import {
  type CompanyFilters,
  FACETS,
  type Facet,
  isFiltered,
  NO_FILTERS,
  type SetCompanyFilters,
  toggled,
  wishOf,
} from './filters'

const FIRST = 7

export const facetLabel = (facet: Facet, value: string) =>
  facet === 'country_code' ? countryName(value) : value

type Props = { filters: CompanyFilters; setFilters: SetCompanyFilters }

/** How many companies have each value; a press narrows the list to it. */
export function Facets({ filters, setFilters }: Props) {
  return (
    <div className="flex flex-col gap-5">
      {FACETS.map((facet) => (
        <OneFacet key={facet} facet={facet} filters={filters} setFilters={setFilters} />
      ))}
      {isFiltered(filters) && (
        <Button size="sm" className="self-start" onClick={() => setFilters(NO_FILTERS)}>
          {t('clear')}
        </Button>
      )}
    </div>
  )
}

/** The values there are, and those chosen that no company has any more. */
const withChosen = (values: readonly FacetValue[], chosen: readonly string[]): readonly FacetValue[] => [
  ...chosen
    .filter((value) => !values.some((each) => each.value === value))
    .map((value) => ({ value, count: 0 })),
  ...values,
]

function OneFacet({ facet, filters, setFilters }: Props & { facet: Facet }) {
  const [isWhole, setWhole] = useState(false)
  const facets = useQuery({ ...facetsQuery(wishOf(filters, facet)), placeholderData: (before) => before })
  const chosen = filters[facet]
  const all = withChosen(facets.data?.[facet] ?? [], chosen)
  const shown = isWhole ? all : all.filter(({ value }, place) => place < FIRST || chosen.includes(value))
  return (
    <fieldset className="flex min-w-0 flex-col">
      <legend className="mb-1 font-semibold text-muted text-xs">{t(facet)}</legend>
      {facets.isPending && <FacetSkeleton />}
      {facets.isError && !facets.data && (
        <ErrorState error={facets.error} onRetry={facets.refetch} className="px-0 py-2" />
      )}
      {facets.data && all.length === 0 && <p className="text-faint text-xs">{t('noValues')}</p>}
      {shown.map(({ value, count }) => (
        <Checkbox
          key={value}
          checked={chosen.includes(value)}
          onChange={() => setFilters({ [facet]: toggled(chosen, value) })}
          className="[&>span:last-child]:flex-1"
        >
          <span className="flex items-baseline justify-between gap-2">
            <span className="min-w-0 truncate">{facetLabel(facet, value)}</span>
            <span className="figures text-faint text-xs">{formatNumber(count)}</span>
          </span>
        </Checkbox>
      ))}
      {all.length > shown.length || isWhole ? (
        <Button
          variant="link"
          size="inline"
          className="mt-1 self-start text-xs"
          aria-expanded={isWhole}
          onClick={() => setWhole(!isWhole)}
        >
          {isWhole ? t('fewerValues') : t('moreValues', { count: all.length })}
        </Button>
      ) : null}
      {facets.data && !facets.data.is_exact && facets.data.among !== null && (
        <p className="mt-1 text-faint text-xs">{t('ofFirst', { count: facets.data.among })}</p>
      )}
    </fieldset>
  )
}

function FacetSkeleton() {
  return (
    <LoadingState className="flex flex-col gap-2 py-1">
      {Array.from({ length: 5 }, (_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: five alike, in no order.
        <Skeleton key={place} className="h-4" />
      ))}
    </LoadingState>
  )
}
