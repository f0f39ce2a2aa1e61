'use client'

import { Radio, RefreshCw } from 'lucide-react'
import dynamic from 'next/dynamic'
import { PageHead } from '@/components/shell/page'
import { StateBadge } from '@/components/state/state-badge'
import { Badge } from '@/components/ui/badge'
import type { RunShownOut } from '@/lib/api/generated'
import { formatMoment } from '@/lib/format/times'
import type { Feed } from '@/lib/queries/run-events'
import { t } from '@/messages/run'

const RunActions = dynamic(() => import('./run-actions').then((module) => module.RunActions), {
  ssr: false,
  loading: () => <span className="h-8" />,
})

function FeedBadge({ feed }: { feed: Feed }) {
  if (feed === 'off') return null
  const isLive = feed === 'events'
  return (
    <Badge tone={isLive ? 'good' : 'warn'} title={t(isLive ? 'liveHint' : 'pollingHint')}>
      {isLive ? <Radio aria-hidden /> : <RefreshCw aria-hidden />}
      {t(isLive ? 'live' : 'polling')}
    </Badge>
  )
}

export function RunHead({ run, feed }: { run: RunShownOut; feed: Feed }) {
  const facts = [
    run.file_name && run.file_name !== run.name && t('fileName', { name: run.file_name }),
    t('started', { when: formatMoment(run.started_at ?? run.created_at) }),
    run.waterfall.join(' → '),
  ]
  return (
    <PageHead
      title={run.name}
      meta={
        <span className="flex items-center gap-1.5" role="status">
          <StateBadge state={run.state} />
          <FeedBadge feed={feed} />
        </span>
      }
      hint={facts.filter(Boolean).join(' · ')}
      actions={<RunActions run={run} />}
    />
  )
}
