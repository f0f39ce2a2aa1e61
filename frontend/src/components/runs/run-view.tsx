'use client'

import { FileQuestion } from 'lucide-react'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useSearchParams } from 'next/navigation'
import { PageBody } from '@/components/shell/page'
import { EmptyState } from '@/components/state/empty-state'
import { ErrorState } from '@/components/state/error-state'
import { LoadingState } from '@/components/state/loading-state'
import { buttonClasses } from '@/components/ui/button-classes'
import { Skeleton } from '@/components/ui/skeleton'
import { useLiveRun } from '@/lib/queries/run-events'
import { t } from '@/messages/run'
import { RunAttention } from './run-attention'
import { RunHead } from './run-head'
import { RunSummary } from './run-summary'

const RunRoom = dynamic(() => import('./run-room').then((module) => module.RunRoom), {
  ssr: false,
  loading: () => <Skeleton className="min-h-96 flex-1" />,
})

/** One run: its state and what to do about it, how far it is, and its rows. */
export function RunView() {
  const id = useSearchParams().get('id')
  if (!id)
    return (
      <EmptyState
        icon={FileQuestion}
        title={<h1>{t('noId')}</h1>}
        hint={t('noIdHint')}
        action={
          <Link href="/runs/" className={buttonClasses({ variant: 'primary' })}>
            {t('toRuns')}
          </Link>
        }
      />
    )
  return <OneRun key={id} id={id} />
}

function OneRun({ id }: { id: string }) {
  const { run, feed } = useLiveRun(id)
  if (run.isPending) return <RunSkeleton />
  if (!run.data) return <ErrorState error={run.error} onRetry={run.refetch} />
  return (
    <div className="flex min-h-0 flex-1 flex-col lg:h-dvh lg:flex-none">
      <RunHead run={run.data} feed={feed} />
      <PageBody className="min-h-0 pb-4">
        <RunAttention run={run.data} />
        <RunSummary run={run.data} />
        <RunRoom run={run.data} />
      </PageBody>
    </div>
  )
}

export function RunSkeleton() {
  return (
    <LoadingState className="flex flex-1 flex-col gap-4 px-4 py-4 sm:px-6">
      <Skeleton className="h-7 w-72" />
      <Skeleton className="h-36" />
      <Skeleton className="min-h-96 flex-1" />
    </LoadingState>
  )
}
