'use client'

import { CircleCheck, CircleSlash, KeyRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { SandboxBadge } from '@/components/state/sandbox-badge'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Progress } from '@/components/ui/progress'
import type { CheckOut, LimitOut, ProviderOut } from '@/lib/api/generated'
import { cn } from '@/lib/cn'
import { formatCredits } from '@/lib/format/numbers'
import { formatMoment } from '@/lib/format/times'
import { useCheckProvider } from '@/lib/queries/providers'
import { t } from '@/messages/providers'
import { fieldWord } from '@/messages/words'

/** One provider as it stands now. */
export function ProviderCard({ provider }: { provider: ProviderOut }) {
  const { name, title, is_on: isOn, credits, price, batch } = provider
  const isFree = price.match === 0 && price.enrich === 0
  return (
    <Card aria-labelledby={`provider-${name}`}>
      <header className="flex flex-wrap items-center gap-2 border-b px-4 py-3">
        <h2 id={`provider-${name}`} className="font-semibold">
          {title}
        </h2>
        <code className="font-mono text-faint text-xs">{name}</code>
        <Badge tone={isOn ? 'good' : 'plain'}>
          {isOn ? <CircleCheck aria-hidden /> : <CircleSlash aria-hidden />}
          {t(isOn ? 'on' : 'off')}
        </Badge>
        {provider.is_sandbox && <SandboxBadge />}
      </header>
      <div className="flex flex-col gap-3 px-4 py-3">
        {!isOn && (
          <div className="rounded-md bg-warn-ground px-3 py-2 text-warn-ink">
            <p className="font-medium">{t('offTitle')}</p>
            <p className="break-words">{[provider.reason, provider.fix].filter(Boolean).join('. ')}</p>
          </div>
        )}
        {provider.limit && <Limit limit={provider.limit} />}
        <dl className="grid grid-cols-[9.5rem_minmax(0,1fr)] gap-x-3 gap-y-1.5">
          {!provider.limit && isOn && <Line label={t('limit')}>{t('noLimit')}</Line>}
          <Line label={t('spent')}>
            {[
              formatCredits(credits.spent),
              t('thisMonth', { count: credits.this_month }),
              credits.perhaps_charged > 0 && t('perhaps', { count: credits.perhaps_charged }),
            ]
              .filter(Boolean)
              .join(' · ')}
          </Line>
          <Line label={t('price')}>
            {isFree
              ? t('free')
              : t('priceOf', { match: formatCredits(price.match), enrich: formatCredits(price.enrich) })}
          </Line>
          <Line label={t('batch')}>{t('batchOf', { match: batch.match, enrich: batch.enrich })}</Line>
          {provider.host && <Line label={t('host')}>{provider.host}</Line>}
          <Line label={t('fields', { count: provider.fields.length })}>
            {provider.fields.map(fieldWord).join(', ')}
          </Line>
          {provider.attribution && <Line label={t('attribution')}>{provider.attribution}</Line>}
        </dl>
        {isOn && (
          <KeyTest name={name} title={title} label={t(provider.host === 'local' ? 'testIt' : 'test')} />
        )}
      </div>
    </Card>
  )
}

const Line = ({ label, children }: { label: string; children: ReactNode }) => (
  <>
    <dt className="text-muted">{label}</dt>
    <dd className="figures min-w-0 break-words">{children}</dd>
  </>
)

function Limit({ limit }: { limit: LimitOut }) {
  const { used, per_minute: count, paused_until: until } = limit
  const share = Math.min(1, count > 0 ? used / count : 0)
  const unit = limit.unit === 'requests' ? t('unit_requests') : t('unit_entities')
  return (
    <div>
      <div className="mb-1 flex flex-wrap justify-between gap-x-3">
        <span className="text-muted">{t('used')}</span>
        <span className="figures">
          {t('usedOf', { used, count })} <span className="text-faint">{unit}</span>
        </span>
      </div>
      <Progress
        label={t('used')}
        value={share * 100}
        valueText={t('usedOf', { used, count })}
        parts={[{ key: 'used', share, className: 'bg-accent' }]}
      />
      {until !== null && (
        <p className="mt-1 text-warn-ink text-xs">
          {t('pausedUntil', { when: formatMoment(new Date(until * 1000)) })}
        </p>
      )}
    </div>
  )
}

function balanceText({ balance, host }: CheckOut): string {
  if (host === 'local') return t('testLocal')
  if (balance?.remaining === null || balance?.remaining === undefined) return t('testNoBalance')
  return balance.allocated === null
    ? t('testBalance', { count: balance.remaining })
    : t('testBalanceOf', { count: balance.remaining, of: balance.allocated })
}

function KeyTest({ name, title, label }: { name: string; title: string; label: string }) {
  const check = useCheckProvider(name)
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button isBusy={check.isPending} title={t('testHint')} onClick={() => check.mutate()}>
        {!check.isPending && <KeyRound aria-hidden />}
        {label}
      </Button>
      <p role="status" className={cn('min-w-0 flex-1', check.isError && 'text-bad-ink')}>
        {check.isSuccess && (
          <>
            <span className="font-medium text-good-ink">{t('testWorks', { name: title })}.</span>{' '}
            {balanceText(check.data)}
          </>
        )}
        {check.isError && check.error.message}
      </p>
    </div>
  )
}
