'use client'

import { useQuery } from '@tanstack/react-query'
import { ListFilter } from 'lucide-react'
import { OUTCOME_LOOKS } from '@/components/state/outcome-badge'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Popover } from '@/components/ui/popover'
import type { Outcome, ReportOut, RunOut } from '@/lib/api/generated'
import { cn } from '@/lib/cn'
import { formatNumber } from '@/lib/format/numbers'
import { reportQuery } from '@/lib/queries/runs'
import { t } from '@/messages/records'
import { confidenceWord, outcomeHint, outcomeWord, reasonWord } from '@/messages/words'
import { FieldFilters } from './field-filters'
import { LIST_FILTERS, type RecordsView, type SetRecordsView } from './view'

type Props = { run: RunOut; view: RecordsView; setView: SetRecordsView }

const MATCHES = ['high', 'medium', 'low', 'none'] as const
const OUTCOMES = Object.keys(OUTCOME_LOOKS) as Outcome[]

const toggled = (values: readonly string[], value: string, isOn: boolean): string[] | null => {
  const next = isOn ? [...values, value] : values.filter((kept) => kept !== value)
  return next.length > 0 ? next : null
}

/** Rows by reason, most first: those of outcomes and those of rejections. */
function reasonsOf(report: ReportOut | undefined): { reason: string; rows: number }[] {
  const rows = new Map<string, number>()
  for (const { reason, records } of report?.outcomes ?? []) {
    if (reason) rows.set(reason, (rows.get(reason) ?? 0) + records.count)
  }
  for (const { reason, records } of report?.rejections ?? []) rows.set(reason, records.count)
  return [...rows]
    .map(([reason, count]) => ({ reason, rows: count }))
    .sort((one, other) => other.rows - one.rows)
}

/** Which rows are shown: by outcome and by reason, with how many rows each has. */
export function FilterMenu({ run, view, setView }: Props) {
  const report = useQuery(reportQuery(run.id, run.version))
  const reasons = reasonsOf(report.data)
  const count =
    LIST_FILTERS.reduce((sum, name) => sum + view[name].length, 0) + Object.keys(view.where).length
  return (
    <Popover
      title={t('filterTitle')}
      trigger={
        <Button>
          <ListFilter aria-hidden />
          <span className="sr-only sm:not-sr-only">{t('filter')}</span>
          {count > 0 && (
            <span className="figures rounded bg-info-ground px-1 text-info-ink text-xs">{count}</span>
          )}
        </Button>
      }
    >
      <fieldset className="flex flex-col gap-0.5">
        <legend className="mb-1 font-medium text-muted text-xs">{t('outcome')}</legend>
        {OUTCOMES.map((outcome) => (
          <Checkbox
            key={outcome}
            checked={view.outcome.includes(outcome)}
            onChange={(isOn) => setView({ outcome: toggled(view.outcome, outcome, isOn) })}
          >
            <span className="flex items-center gap-2" title={outcomeHint(outcome)}>
              <span aria-hidden className={cn('size-2 rounded-sm', OUTCOME_LOOKS[outcome].bar)} />
              {outcomeWord(outcome)}
            </span>
          </Checkbox>
        ))}
      </fieldset>
      {reasons.length > 0 && (
        <fieldset className="mt-3 flex flex-col gap-0.5 border-t pt-2">
          <legend className="sr-only">{t('reason')}</legend>
          <span aria-hidden className="mb-1 font-medium text-muted text-xs">
            {t('reason')}
          </span>
          {reasons.map(({ reason, rows }) => (
            <Checkbox
              key={reason}
              checked={view.reason.includes(reason)}
              onChange={(isOn) => setView({ reason: toggled(view.reason, reason, isOn) })}
              className="[&>span:last-child]:flex-1"
            >
              <span className="flex justify-between gap-3">
                {reasonWord(reason)}
                <span className="figures text-faint">{formatNumber(rows)}</span>
              </span>
            </Checkbox>
          ))}
        </fieldset>
      )}
      <fieldset className="mt-3 flex flex-col gap-0.5 border-t pt-2">
        <legend className="sr-only">{t('match')}</legend>
        <span aria-hidden className="mb-1 font-medium text-muted text-xs">
          {t('match')}
        </span>
        <div className="flex flex-wrap gap-x-4">
          {MATCHES.map((match) => (
            <Checkbox
              key={match}
              checked={view.match.includes(match)}
              onChange={(isOn) => setView({ match: toggled(view.match, match, isOn) })}
            >
              {confidenceWord(match)}
            </Checkbox>
          ))}
        </div>
      </fieldset>
      <div className="mt-3 border-t pt-3">
        <FieldFilters run={run} view={view} setView={setView} />
      </div>
    </Popover>
  )
}
