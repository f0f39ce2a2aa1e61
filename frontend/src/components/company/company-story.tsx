'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ErrorState } from '@/components/state/error-state'
import { SandboxBadge } from '@/components/state/sandbox-badge'
import { Badge } from '@/components/ui/badge'
import { Tabs } from '@/components/ui/tabs'
import type { CompanyStory } from '@/lib/api/generated'
import { formatNumber } from '@/lib/format/numbers'
import { formatMoment } from '@/lib/format/times'
import { storyQuery } from '@/lib/queries/companies'
import { t } from '@/messages/company'
import { confidenceWord } from '@/messages/words'
import { CompanyRuns } from './company-runs'
import { FieldList } from './field-list'
import { LookupList } from './lookup-list'
import { RefreshButton } from './refresh-button'
import { StorySkeleton } from './story-skeleton'
import { spoken } from './values'

type Section = 'fields' | 'lookups' | 'runs'

/** All that is known of a company: each field with its evidence, every lookup, its runs. In a drawer and on a page. */
export function CompanyStoryView({ domain }: { domain: string }) {
  const [section, setSection] = useState<Section>('fields')
  const story = useQuery(storyQuery(domain))
  if (story.isPending) return <StorySkeleton />
  if (!story.data) return <ErrorState error={story.error} onRetry={story.refetch} />
  const { lookups, runs, fields } = story.data
  return (
    <div className="flex min-w-0 flex-col">
      <StoryHead story={story.data} />
      <Tabs<Section>
        value={section}
        onChange={setSection}
        label={t('sections')}
        className="px-4"
        panelClassName="py-3"
        tabs={[
          {
            value: 'fields',
            label: <Counted label={t('fields')} count={Object.keys(fields).length} />,
            panel: <FieldList story={story.data} />,
          },
          {
            value: 'lookups',
            label: <Counted label={t('lookups')} count={lookups.length} />,
            panel: <LookupList lookups={lookups} />,
          },
          {
            value: 'runs',
            label: <Counted label={t('runs')} count={runs.length} />,
            panel: <CompanyRuns runs={runs} />,
          },
        ]}
      />
    </div>
  )
}

const Counted = ({ label, count }: { label: string; count: number }) => (
  <>
    {label} <span className="figures text-faint">{formatNumber(count)}</span>
  </>
)

function StoryHead({ story }: { story: CompanyStory }) {
  const { values, domain, match, is_sandbox: isSandbox, updated_at: updated } = story
  return (
    <div className="flex flex-wrap items-start justify-between gap-3 px-4 pt-4 pb-2">
      <div className="min-w-0">
        <p className="break-words font-semibold text-base">{values.name ? spoken(values.name) : domain}</p>
        {values.description && (
          <p className="mt-0.5 line-clamp-3 max-w-prose text-muted">{spoken(values.description)}</p>
        )}
        <p className="mt-1.5 flex flex-wrap items-center gap-1.5 text-faint text-xs">
          {match && (
            <Badge tone={match === 'high' ? 'good' : match === 'medium' ? 'warn' : 'bad'}>
              {t('match', { confidence: confidenceWord(match) })}
            </Badge>
          )}
          {isSandbox && <SandboxBadge />}
          {updated && t('updated', { when: formatMoment(updated) })}
        </p>
      </div>
      <RefreshButton domain={domain} price={story.refresh} />
    </div>
  )
}
