import { SandboxBadge } from '@/components/state/sandbox-badge'
import type { CompanyOut } from '@/lib/api/generated'
import { countryName } from '@/lib/format/countries'
import { formatAgo } from '@/lib/format/times'
import { t } from '@/messages/companies'
import { confidenceWord, fieldWord } from '@/messages/words'

export type CompanyColumn = {
  id: string
  label: string
  canSort: boolean
  className?: string
  text: (company: CompanyOut) => string
}

const value = (id: string) => (company: CompanyOut) => String(company.values[id] ?? '')

const field = (id: string, className: string): CompanyColumn => ({
  id,
  label: fieldWord(id),
  canSort: true,
  className,
  text: value(id),
})

/** What the list shows of a company beside its domain. */
export const COMPANY_COLUMNS: readonly CompanyColumn[] = [
  field('name', 'w-52'),
  field('industry', 'w-52'),
  field('employee_range', 'w-28'),
  field('revenue_range', 'w-28'),
  {
    id: 'country_code',
    label: t('country_code'),
    canSort: true,
    className: 'w-36',
    text: (company) => countryName(value('country_code')(company)),
  },
  field('city', 'w-36'),
  { ...field('founded_year', 'w-24'), label: t('founded_year') },
  {
    id: 'match',
    label: t('match'),
    canSort: false,
    className: 'w-24',
    text: ({ match }) => (match ? confidenceWord(match) : ''),
  },
  {
    id: 'updated_at',
    label: t('updated_at'),
    canSort: true,
    className: 'w-32',
    text: (company) => formatAgo(company.updated_at),
  },
]

export function Sources({ company }: { company: CompanyOut }) {
  return company.is_sandbox ? <SandboxBadge /> : null
}
