'use client'

import { Building2 } from 'lucide-react'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useSearchParams } from 'next/navigation'
import { PageBody, PageHead } from '@/components/shell/page'
import { EmptyState } from '@/components/state/empty-state'
import { buttonClasses } from '@/components/ui/button-classes'
import { Card } from '@/components/ui/card'
import { t } from '@/messages/company'
import { StorySkeleton } from './story-skeleton'

const CompanyStoryView = dynamic(() => import('./company-story').then((module) => module.CompanyStoryView), {
  ssr: false,
  loading: () => <StorySkeleton />,
})

/** One company as a page: `/company/?domain=sap.com`. */
export function CompanyView() {
  const domain = useSearchParams().get('domain')?.trim()
  if (!domain)
    return (
      <EmptyState
        icon={Building2}
        title={<h1>{t('noDomain')}</h1>}
        hint={t('noDomainHint')}
        action={
          <Link href="/companies/" className={buttonClasses({ variant: 'primary' })}>
            {t('toCompanies')}
          </Link>
        }
      />
    )
  return (
    <>
      <PageHead title={domain} />
      <PageBody>
        <Card className="max-w-5xl">
          <CompanyStoryView key={domain} domain={domain} />
        </Card>
      </PageBody>
    </>
  )
}
