import type { Metadata } from 'next'
import { Suspense } from 'react'
import { RunSkeleton, RunView } from '@/components/runs/run-view'

export const metadata: Metadata = { title: 'Run' }

export default function Page() {
  return (
    <Suspense fallback={<RunSkeleton />}>
      <RunView />
    </Suspense>
  )
}
