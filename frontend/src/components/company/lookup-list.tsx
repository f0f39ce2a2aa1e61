'use client'

import { useQuery } from '@tanstack/react-query'
import { SearchX } from 'lucide-react'
import { useState } from 'react'
import { EmptyState } from '@/components/state/empty-state'
import { ErrorState } from '@/components/state/error-state'
import { SandboxBadge } from '@/components/state/sandbox-badge'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import type { LookupOut } from '@/lib/api/generated'
import { formatCredits } from '@/lib/format/numbers'
import { formatMoment } from '@/lib/format/times'
import { lookupQuery } from '@/lib/queries/companies'
import { t } from '@/messages/company'
import { confidenceWord, reasonWord } from '@/messages/words'

/** Every answer of every provider, with its price; the raw answer comes when it is wanted. */
export function LookupList({ lookups }: { lookups: readonly LookupOut[] }) {
  if (lookups.length === 0) return <EmptyState icon={SearchX} title={t('noLookups')} />
  return (
    <ul className="flex flex-col gap-2.5">
      {lookups.map((lookup) => (
        <OneLookup key={lookup.id} lookup={lookup} />
      ))}
    </ul>
  )
}

function OneLookup({ lookup }: { lookup: LookupOut }) {
  const [isOpen, setOpen] = useState(false)
  const { provider, verb, outcome, is_sandbox: isSandbox, confidence, reasons, note } = lookup
  const facts = [
    formatMoment(lookup.fetched_at),
    `${formatCredits(lookup.credits)} ${t('credits').toLowerCase()}`,
    lookup.duration_ms !== null && t('ms', { count: lookup.duration_ms }),
    lookup.host,
    lookup.provider_id && `${t('providerId')} ${lookup.provider_id}`,
  ]
  return (
    <li className="rounded-md border px-3 py-2">
      <div className="flex flex-wrap items-center gap-2">
        <span className="font-medium">
          {provider} · {verb}
        </span>
        <Badge tone={outcome === 'found' ? 'good' : outcome === 'error' ? 'bad' : 'plain'}>
          {reasonWord(outcome)}
        </Badge>
        {confidence && <Badge>{t('confidence', { confidence: confidenceWord(confidence) })}</Badge>}
        {isSandbox && <SandboxBadge />}
      </div>
      <p className="figures mt-1 break-words text-faint text-xs">{facts.filter(Boolean).join(' · ')}</p>
      {(reasons.length > 0 || note) && (
        <p className="mt-1 break-words text-muted text-xs">{[...reasons, note].filter(Boolean).join('; ')}</p>
      )}
      <Button
        variant="link"
        size="inline"
        className="mt-1 text-xs"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {t('showPayload')}
      </Button>
      {isOpen && <Payload id={lookup.id} label={t('payloadOf', { provider, verb })} />}
    </li>
  )
}

function Payload({ id, label }: { id: string; label: string }) {
  const lookup = useQuery(lookupQuery(id))
  if (lookup.isPending) return <Skeleton className="mt-2 h-24" />
  if (!lookup.data) return <ErrorState error={lookup.error} onRetry={lookup.refetch} className="py-4" />
  const { payload } = lookup.data
  if (payload === null || payload === undefined)
    return <p className="mt-2 text-muted text-xs">{t('noPayload')}</p>
  return (
    <section
      className="mt-2 max-h-96 overflow-auto rounded-md bg-sunken p-2.5"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keyboard.
      tabIndex={0}
      aria-label={label}
    >
      <pre className="font-mono text-xs">{JSON.stringify(payload, null, 2)}</pre>
    </section>
  )
}
