'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { ListFilter, X } from 'lucide-react'
import { useState } from 'react'
import { CompanyDrawer } from '@/components/company/company-drawer'
import { useOpenCompany } from '@/components/company/use-open-company'
import { SearchBox } from '@/components/records/search-box'
import { PageHead } from '@/components/shell/page'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { cn } from '@/lib/cn'
import { companiesQuery } from '@/lib/queries/companies'
import { t } from '@/messages/companies'
import { CompaniesList } from './companies-list'
import { Facets, facetLabel } from './facets'
import {
  type CompanyFilters,
  FACETS,
  type SetCompanyFilters,
  toggled,
  useCompanyFilters,
  wishOf,
} from './filters'

/** The companies of all runs: facets beside a list, both in the address. */
export function CompaniesView() {
  const [filters, setFilters] = useCompanyFilters()
  const [hasFacets, setFacets] = useState(false)
  const { open } = useOpenCompany()
  return (
    <div className="flex min-h-0 flex-col lg:h-dvh">
      <PageHead title={t('title')} hint={t('hint')} meta={<Count filters={filters} />} />
      <div className="flex min-h-0 flex-1 flex-col gap-4 px-4 pb-4 sm:px-6 lg:flex-row">
        <aside
          id="facets"
          aria-label={t('facets')}
          className={cn(
            'w-full shrink-0 lg:block lg:w-52 lg:overflow-y-auto lg:pr-1',
            !hasFacets && 'hidden',
          )}
        >
          <Facets filters={filters} setFilters={setFilters} />
        </aside>
        <section className="flex h-[75dvh] min-h-80 min-w-0 flex-col overflow-hidden rounded-lg border bg-surface shadow-raised lg:h-auto lg:flex-1">
          <div className="flex flex-wrap items-center gap-2 border-b p-2">
            <SearchBox label={t('search')} value={filters.q} onSearch={(q) => setFilters({ q: q || null })} />
            <Button
              className="lg:hidden"
              aria-expanded={hasFacets}
              aria-controls="facets"
              onClick={() => setFacets(!hasFacets)}
            >
              <ListFilter aria-hidden />
              {t(hasFacets ? 'hideFacets' : 'showFacets')}
            </Button>
          </div>
          <Chosen filters={filters} setFilters={setFilters} />
          <CompaniesList filters={filters} setFilters={setFilters} onOpen={open} />
        </section>
      </div>
      <CompanyDrawer />
    </div>
  )
}

function Count({ filters }: { filters: CompanyFilters }) {
  const query = useInfiniteQuery(companiesQuery({ ...wishOf(filters), sort: filters.sort }))
  const count = query.data?.pages[0]?.count
  return (
    <span role="status" className="figures text-muted text-xs">
      {count && t(count.is_exact ? 'count' : 'countAtLeast', { count: count.value })}
    </span>
  )
}

function Chosen({ filters, setFilters }: { filters: CompanyFilters; setFilters: SetCompanyFilters }) {
  const chosen = FACETS.flatMap((facet) => filters[facet].map((value) => ({ facet, value })))
  if (chosen.length === 0) return null
  return (
    <ul className="flex flex-wrap gap-1.5 border-b p-2">
      {chosen.map(({ facet, value }) => {
        const label = facetLabel(facet, value)
        return (
          <li key={`${facet} ${value}`}>
            <Badge tone="info">
              {t(facet)}: {label}
              <button
                type="button"
                aria-label={t('remove', { name: label })}
                onClick={() => setFilters({ [facet]: toggled(filters[facet], value) })}
                className="-mr-1 rounded p-0.5 hover:bg-hover"
              >
                <X aria-hidden />
              </button>
            </Badge>
          </li>
        )
      })}
    </ul>
  )
}
