import type { ReactNode } from 'react'
import type { FieldEvidence, LookupOut, ObservedValue } from '@/lib/api/generated'
import { formatMoment } from '@/lib/format/times'
import { t } from '@/messages/company'
import { confidenceWord, fieldWord } from '@/messages/words'
import { spoken } from './values'

type Props = {
  field: string
  evidence: FieldEvidence
  /** A person set the value: what the providers say are the others. */
  isByHand: boolean
  lookups: readonly LookupOut[]
}

/** Why a field shows what it shows: who said it and when, its raw text, how sure the match was, and what others said. */
export function Evidence({ field, evidence, isByHand, lookups }: Props) {
  const reasonsOf = (id: string) => lookups.find((lookup) => lookup.id === id)?.reasons ?? []
  return (
    <details className="mt-1 text-xs">
      <summary className="w-fit cursor-pointer rounded text-info-ink hover:underline">
        <span className="sr-only">{t('evidence', { field: fieldWord(field) })} </span>
        {[
          !isByHand && t('confidence', { confidence: confidenceWord(evidence.confidence) }),
          evidence.losers.length > 0 && t('losers', { count: evidence.losers.length }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </summary>
      <div className="mt-1.5 flex flex-col gap-2 rounded-md bg-sunken p-2.5">
        {!isByHand && <Said observed={evidence} reasons={reasonsOf(evidence.lookup_id)} />}
        {evidence.losers.map((loser) => (
          <div key={`${loser.lookup_id} ${loser.raw}`} className="border-t pt-2 first:border-0 first:pt-0">
            <p className="mb-1 break-words font-medium">
              {spoken(loser.value) || `${loser.raw} (${t('unread')})`}{' '}
              <span className="font-normal text-faint">{t('from', { source: loser.source })}</span>
            </p>
            <Said observed={loser} reasons={reasonsOf(loser.lookup_id)} />
          </div>
        ))}
      </div>
    </details>
  )
}

const Line = ({ label, children }: { label: string; children: ReactNode }) => (
  <>
    <dt className="text-muted">{label}</dt>
    <dd className="min-w-0 break-words">{children}</dd>
  </>
)

function Said({ observed, reasons }: { observed: ObservedValue; reasons: readonly string[] }) {
  return (
    <dl className="grid grid-cols-[6.5rem_minmax(0,1fr)] gap-x-2 gap-y-1">
      <Line label={t('provider')}>{observed.source}</Line>
      <Line label={t('observed')}>{formatMoment(observed.observed_at)}</Line>
      <Line label={t('raw')}>
        <code className="font-mono">{observed.raw}</code>
      </Line>
      {reasons.length > 0 && <Line label={t('reasons')}>{reasons.join('; ')}</Line>}
    </dl>
  )
}
