'use client'

import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { NO_FILTER, useRecordsView } from '@/components/records/view'
import { OUTCOME_LOOKS } from '@/components/state/outcome-badge'
import { Card } from '@/components/ui/card'
import { Progress } from '@/components/ui/progress'
import type { Outcome, RunOut } from '@/lib/api/generated'
import { cn } from '@/lib/cn'
import { formatCredits, formatNumber, formatShare } from '@/lib/format/numbers'
import { formatDuration } from '@/lib/format/times'
import { hasEnded, isWorking, reportQuery } from '@/lib/queries/runs'
import { t } from '@/messages/run'
import { outcomeHint, outcomeWord } from '@/messages/words'
import { usePace } from './use-pace'

const OUTCOMES = [
  'enriched',
  'no_match',
  'failed',
  'skipped',
  'pending',
] as const satisfies readonly Outcome[]

function Fact({
  label,
  value,
  hint,
  title,
}: {
  label: string
  value: ReactNode
  hint?: ReactNode
  title?: string
}) {
  return (
    <div className="min-w-0 px-4 py-2.5" title={title}>
      <dt className="truncate text-muted text-xs">{label}</dt>
      <dd className="figures mt-px truncate font-semibold text-lg leading-tight">{value}</dd>
      <dd className="figures min-h-4 truncate text-faint text-xs">{hint}</dd>
    </div>
  )
}

function MatchRate({ run }: { run: RunOut }) {
  const stands = !isWorking(run.state)
  const report = useQuery({ ...reportQuery(run.id, run.version), enabled: stands })
  const rate = stands ? report.data?.match_rate.records : undefined
  return (
    <Fact
      label={t('matchRate')}
      title={t('matchRateHint')}
      value={rate ? formatShare(rate.share) : t('unknown')}
      hint={rate && t('matchRateOf', { count: rate.count, of: rate.of })}
    />
  )
}

const secondsBetween = (from: string, to: string | null) =>
  ((to ? new Date(to) : new Date()).getTime() - new Date(from).getTime()) / 1000

/** How far a run is: by outcome, how fast, how long still, and what it has cost. */
export function RunSummary({ run }: { run: RunOut }) {
  const { counts } = run
  const [, setView] = useRecordsView()
  const pace = usePace(run)
  const done = counts.targets - counts.pending
  const share = counts.targets === 0 ? 0 : done / counts.targets
  const ended = hasEnded(run.state)
  const works = isWorking(run.state)
  const filter = (outcome: Outcome) => setView({ ...NO_FILTER, outcome: [outcome] })
  return (
    <Card aria-label={t('summary')} className="shrink-0">
      <div className="flex flex-col gap-2.5 px-4 pt-3 pb-2">
        <Progress
          label={t('progress')}
          value={share * 100}
          valueText={t('progressText', { done, of: counts.targets })}
          parts={OUTCOMES.filter((outcome) => outcome !== 'pending').map((outcome) => ({
            key: outcome,
            share: counts.targets === 0 ? 0 : counts[outcome] / counts.targets,
            className: OUTCOME_LOOKS[outcome].bar,
          }))}
        />
        <ul className="flex flex-wrap gap-x-1 gap-y-0.5">
          {OUTCOMES.map((outcome) => (
            <li key={outcome}>
              <button
                type="button"
                title={outcomeHint(outcome)}
                onClick={() => filter(outcome)}
                className="flex h-7 items-center gap-1.5 rounded-md px-1.5 hover:bg-hover"
              >
                <span
                  aria-hidden
                  className={cn(
                    'size-2.5 rounded-sm',
                    OUTCOME_LOOKS[outcome].bar,
                    outcome === 'pending' && 'hatched',
                  )}
                />
                <span className="text-muted text-xs">{outcomeWord(outcome)}</span>
                <span className="figures font-semibold text-[0.8125rem]">
                  {formatNumber(counts[outcome])}
                </span>
              </button>
            </li>
          ))}
          <li className="figures ml-auto flex items-center text-muted text-xs">
            {t('progressText', { done, of: counts.targets })} · {formatShare(share)}
          </li>
        </ul>
      </div>
      <dl className="grid grid-cols-2 border-t sm:grid-cols-3 lg:grid-cols-5">
        <Fact
          label={t('rows')}
          value={formatNumber(counts.records)}
          hint={`${t('rejected', { count: counts.rejected })} · ${t('duplicates', { count: counts.duplicates })}`}
        />
        <MatchRate run={run} />
        <Fact
          label={t('rate')}
          value={
            works && pace.perMinute !== null
              ? t('perMinute', { count: Math.round(pace.perMinute) })
              : t('unknown')
          }
        />
        {ended ? (
          <Fact
            label={t('took')}
            value={
              run.started_at ? formatDuration(secondsBetween(run.started_at, run.finished_at)) : t('unknown')
            }
          />
        ) : (
          <Fact
            label={t('timeLeft')}
            value={!works || pace.secondsLeft === null ? t('unknown') : formatDuration(pace.secondsLeft)}
          />
        )}
        <Fact
          label={t('credits')}
          value={formatCredits(run.credits_spent)}
          hint={[
            run.budget === null ? t('noBudget') : t('creditsOf', { budget: formatCredits(run.budget) }),
            run.credits_uncertain > 0 && t('uncertain', { count: formatCredits(run.credits_uncertain) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        />
      </dl>
    </Card>
  )
}
