'use client'

import { useQuery } from '@tanstack/react-query'
import { ErrorState } from '@/components/state/error-state'
import { Card } from '@/components/ui/card'
import { cn } from '@/lib/cn'
import { previewQuery } from '@/lib/queries/uploads'
import { t } from '@/messages/start'
import { CountsCard } from './counts-card'
import { FirstRows } from './first-rows'
import { type SetStartOptions, type StartOptions, wishOf } from './options'
import { PlanCard } from './plan-card'
import { PreviewSkeleton } from './preview-skeleton'
import { StartCard } from './start-card'
import { Understood } from './understood'
import { Warnings } from './warnings'

type Props = { uploadId: string; options: StartOptions; setOptions: SetStartOptions }

/** What the list is, what its rows mean, and what asking about them costs: all before anything is spent. */
export function Preview({ options, setOptions }: Props) {
  const preview = useQuery(previewQuery(wishOf(options)))
  if (preview.isPending) return <PreviewSkeleton />
  if (preview.isError && !preview.data)
    return (
      <Card>
        <ErrorState error={preview.error} onRetry={preview.refetch} />
      </Card>
    )
  const { data, isPlaceholderData, error } = preview
  return (
    <div className="grid gap-4 xl:grid-cols-[minmax(0,1fr)_22rem]">
      {error && (
        <Card className="xl:col-span-2">
          <ErrorState error={error} className="py-6" />
        </Card>
      )}
      <div
        aria-busy={isPlaceholderData}
        className={cn('flex min-w-0 flex-col gap-4 transition-opacity', isPlaceholderData && 'opacity-60')}
      >
        <Warnings warnings={data.warnings} />
        <Understood preview={data} options={options} setOptions={setOptions} />
        <CountsCard preview={data} />
        <FirstRows preview={data} />
        <PlanCard preview={data} options={options} setOptions={setOptions} />
      </div>
      <StartCard preview={data} options={options} setOptions={setOptions} isStale={isPlaceholderData} />
      <p role="status" className="sr-only">
        {isPlaceholderData ? t('updating') : ''}
      </p>
    </div>
  )
}
