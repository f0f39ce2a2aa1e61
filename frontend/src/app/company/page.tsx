import type { Metadata } from 'next'
import { Suspense } from 'react'
import { CompanyView } from '@/components/company/company-view'

export const metadata: Metadata = { title: 'Company' }

export default function Page() {
  return (
    <Suspense>
      <CompanyView />
    </Suspense>
  )
}
