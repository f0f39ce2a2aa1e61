'use client'

import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { Menu, MenuGroup, MenuItem, MenuSeparator } from '@/components/ui/menu'
import { toast } from '@/components/ui/toast'
import type { RetryIn, RunOut } from '@/lib/api/generated'
import { formatNumber } from '@/lib/format/numbers'
import { reportQuery, useRetryRun } from '@/lib/queries/runs'
import { t } from '@/messages/run'
import { outcomeWord, reasonWord } from '@/messages/words'

const RETRIED: ReadonlySet<string> = new Set(['failed', 'no_match', 'skipped'])

type Props = { run: RunOut; trigger: ReactElement }

/** Asks ended companies again: all that failed, or those of one reason. */
export function RetryMenu({ run, trigger }: Props) {
  const report = useQuery(reportQuery(run.id, run.version))
  const retry = useRetryRun(run.id)
  const reasons = (report.data?.outcomes ?? []).filter(
    ({ outcome, reason, companies }) => RETRIED.has(outcome) && reason !== null && companies.count > 0,
  )
  const send = (wanted: RetryIn) =>
    retry.mutate(wanted, {
      onSuccess: () => toast.good(t('retried')),
      onError: (problem) => toast.bad(problem.title, { description: problem.message }),
    })
  return (
    <Menu trigger={trigger} align="end" className="min-w-64">
      <MenuGroup label={t('retryTitle')}>
        {run.counts.failed > 0 && (
          <>
            <MenuItem onClick={() => send({ outcomes: ['failed'] })}>
              <span className="flex-1">{t('retryFailed')}</span>
              <span className="figures text-faint">{formatNumber(run.counts.failed)}</span>
            </MenuItem>
            <MenuSeparator />
          </>
        )}
        {reasons.map(({ outcome, reason, companies }) => (
          <MenuItem key={`${outcome} ${reason}`} onClick={() => send({ reasons: reason ? [reason] : [] })}>
            <span className="flex-1">
              {reasonWord(reason ?? '')}
              <span className="ml-1.5 text-faint text-xs">{outcomeWord(outcome)}</span>
            </span>
            <span className="figures text-faint">{formatNumber(companies.count)}</span>
          </MenuItem>
        ))}
      </MenuGroup>
      <p className="max-w-64 px-2 pt-1 pb-1.5 text-faint text-xs">{t('retryHint')}</p>
    </Menu>
  )
}
