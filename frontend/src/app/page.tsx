import type { Metadata } from 'next'
import { Suspense } from 'react'
import { StartView } from '@/components/start/start-view'

export const metadata: Metadata = { title: 'Start' }

export default function Page() {
  return (
    <Suspense>
      <StartView />
    </Suspense>
  )
}
