import type { Metadata } from 'next'
import { Suspense } from 'react'
import { CompaniesView } from '@/components/companies/companies-view'

export const metadata: Metadata = { title: 'Companies' }

export default function Page() {
  return (
    <Suspense>
      <CompaniesView />
    </Suspense>
  )
}
