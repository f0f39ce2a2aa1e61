import { Rows3 } from 'lucide-react'
import Link from 'next/link'
import { EmptyState } from '@/components/state/empty-state'
import { OutcomeBadge } from '@/components/state/outcome-badge'
import type { CompanyRun } from '@/lib/api/generated'
import { formatCredits } from '@/lib/format/numbers'
import { formatMoment } from '@/lib/format/times'
import { t } from '@/messages/company'
import { reasonWord } from '@/messages/words'

/** The runs that asked about the company, and how each ended for it. */
export function CompanyRuns({ runs }: { runs: readonly CompanyRun[] }) {
  if (runs.length === 0) return <EmptyState icon={Rows3} title={t('noRuns')} />
  return (
    <ul className="flex flex-col">
      {runs.map((run) => (
        <li key={run.id} className="border-b py-2 last:border-0">
          <div className="flex flex-wrap items-center gap-2">
            <Link
              href={`/run/?id=${run.id}`}
              prefetch={false}
              className="min-w-0 break-words font-medium text-info-ink hover:underline"
            >
              {run.name}
            </Link>
            <OutcomeBadge outcome={run.outcome} />
          </div>
          <p className="figures mt-0.5 text-faint text-xs">
            {[
              formatMoment(run.created_at),
              t('row', { count: run.position }),
              run.reason && reasonWord(run.reason),
              `${formatCredits(run.credits)} ${t('credits').toLowerCase()}`,
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </li>
      ))}
    </ul>
  )
}
