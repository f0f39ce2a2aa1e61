import type { Metadata } from 'next'
import { Suspense } from 'react'
import { ProvidersView } from '@/components/providers/providers-view'

export const metadata: Metadata = { title: 'Providers' }

export default function Page() {
  return (
    <Suspense>
      <ProvidersView />
    </Suspense>
  )
}
