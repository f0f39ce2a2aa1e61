'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { StateBadge } from '@/components/state/state-badge'
import { Card, CardHead } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import type { RunOut } from '@/lib/api/generated'
import { formatCredits, formatNumber } from '@/lib/format/numbers'
import { formatAgo } from '@/lib/format/times'
import { recentRunsQuery } from '@/lib/queries/runs'
import { t } from '@/messages/start'

const FEW = 5

/** The last runs, so that what was started is found again. Nothing stands here while there are none. */
export function RecentRuns() {
  const runs = useQuery(recentRunsQuery(FEW))
  if (runs.isPending) return <Skeleton className="h-52 max-w-5xl" />
  if (!runs.data || runs.data.items.length === 0) return null
  return (
    <Card className="max-w-5xl">
      <CardHead
        title={t('recent')}
        actions={
          <Link href="/runs/" className="text-info-ink text-xs underline underline-offset-3">
            {t('allRuns')}
          </Link>
        }
      />
      <ul className="divide-y">
        {runs.data.items.map((run) => (
          <Recent key={run.id} run={run} />
        ))}
      </ul>
    </Card>
  )
}

function Recent({ run }: { run: RunOut }) {
  const { counts } = run
  return (
    <li className="relative flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 hover:bg-hover">
      <Link
        href={`/run/?id=${run.id}`}
        prefetch={false}
        className="min-w-0 flex-1 basis-48 truncate font-medium after:absolute after:inset-0"
      >
        {run.name}
      </Link>
      <StateBadge state={run.state} />
      <span className="figures w-36 text-muted text-xs sm:text-right">
        {t('recentDone', { done: formatNumber(counts.enriched), of: formatNumber(counts.targets) })}
      </span>
      <span className="figures w-24 text-muted text-xs sm:text-right">
        {t('recentCredits', { credits: formatCredits(run.credits_spent) })}
      </span>
      <span className="figures w-24 text-faint text-xs sm:text-right">{formatAgo(run.created_at)}</span>
    </li>
  )
}
