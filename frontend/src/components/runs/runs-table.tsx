import Link from 'next/link'
import { OUTCOME_LOOKS } from '@/components/state/outcome-badge'
import { StateBadge } from '@/components/state/state-badge'
import { Progress } from '@/components/ui/progress'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import type { RunOut } from '@/lib/api/generated'
import { formatCredits, formatNumber } from '@/lib/format/numbers'
import { formatAgo, formatMoment } from '@/lib/format/times'
import { t } from '@/messages/runs'

const SHOWN = ['enriched', 'no_match', 'failed', 'skipped'] as const

/** Runs with how far they are and what they cost. */
export function RunsTable({ runs }: { runs: readonly RunOut[] }) {
  return (
    <Table aria-label={t('list')}>
      <thead>
        <tr>
          <Th>{t('name')}</Th>
          <Th>{t('state')}</Th>
          <Th className="text-right">{t('rows')}</Th>
          <Th className="w-56">{t('done')}</Th>
          <Th className="text-right">{t('credits')}</Th>
          <Th className="text-right">{t('started')}</Th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <OneRun key={run.id} run={run} />
        ))}
      </tbody>
    </Table>
  )
}

function OneRun({ run }: { run: RunOut }) {
  const { counts, budget } = run
  const done = counts.targets - counts.pending
  const text = t('doneOf', { done, of: counts.targets })
  const spent = formatCredits(run.credits_spent)
  return (
    <Tr>
      <Td className="min-w-44 max-w-96">
        <Link
          href={`/run/?id=${run.id}`}
          prefetch={false}
          className="block truncate font-medium text-info-ink hover:underline"
        >
          {run.name}
        </Link>
        {run.file_name && run.file_name !== run.name && (
          <span className="block truncate text-faint text-xs">{run.file_name}</span>
        )}
      </Td>
      <Td>
        <StateBadge state={run.state} />
      </Td>
      <Td className="figures text-right">{formatNumber(counts.records)}</Td>
      <Td className="min-w-44">
        <Progress
          label={`${t('done')}: ${run.name}`}
          value={counts.targets === 0 ? 0 : (done / counts.targets) * 100}
          valueText={text}
          className="h-1.5"
          parts={SHOWN.map((outcome) => ({
            key: outcome,
            share: counts.targets === 0 ? 0 : counts[outcome] / counts.targets,
            className: OUTCOME_LOOKS[outcome].bar,
          }))}
        />
        <span className="figures text-faint text-xs">
          {text} · {t('matchRate', { count: counts.enriched })}
        </span>
      </Td>
      <Td className="figures whitespace-nowrap text-right">
        {budget === null ? spent : t('creditsOf', { spent, budget: formatCredits(budget) })}
      </Td>
      <Td className="whitespace-nowrap text-right text-muted" title={formatMoment(run.created_at)}>
        {formatAgo(run.created_at)}
      </Td>
    </Tr>
  )
}
