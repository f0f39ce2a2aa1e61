'use client'

import { useQuery } from '@tanstack/react-query'
import { ChartColumn } from 'lucide-react'
import dynamic from 'next/dynamic'
import type { ReactNode } from 'react'
import { EmptyState } from '@/components/state/empty-state'
import { ErrorState } from '@/components/state/error-state'
import { LoadingState } from '@/components/state/loading-state'
import { Card, CardHead } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import type { ChartsOut, RunOut } from '@/lib/api/generated'
import { cn } from '@/lib/cn'
import { formatCredits } from '@/lib/format/numbers'
import { formatMoment } from '@/lib/format/times'
import { chartsQuery } from '@/lib/queries/runs'
import { useThrottled } from '@/lib/use-throttled'
import { t } from '@/messages/pictures'
import { Bars } from './bars'
import { coverageBars, outcomeBars, type ShowRows, type ValueField, valueBars } from './bars-of'
import { ProviderTable } from './provider-table'

const LOOK_MS = 3_000
const FIRST = 10

const CountryMap = dynamic(() => import('./country-map'), {
  ssr: false,
  loading: () => <Skeleton className="aspect-[760/370] w-full" />,
})
const CreditsChart = dynamic(() => import('./credits-chart'), {
  ssr: false,
  loading: () => <Skeleton className="h-56" />,
})

type Props = { run: RunOut; onShowRows: ShowRows }

/** A run where people would rather look: each picture is a table too, and a press shows its rows. */
export function RunPictures({ run, onShowRows }: Props) {
  const version = useThrottled(run.version, LOOK_MS)
  const charts = useQuery(chartsQuery(run.id, version))
  if (charts.isPending) return <Waiting />
  if (!charts.data) return <ErrorState error={charts.error} onRetry={charts.refetch} />
  if (charts.data.run.counts.records === 0)
    return <EmptyState icon={ChartColumn} title={t('nothing')} hint={t('nothingHint')} />
  return (
    <div className="flex flex-col gap-3">
      <p className="text-faint text-xs">
        {t('pressHint')} {t('asOf', { when: formatMoment(charts.data.made_at) })}
      </p>
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <Pictures charts={charts.data} onShowRows={onShowRows} />
      </div>
    </div>
  )
}

type PictureProps = { title: string; hint?: string; className?: string; children: ReactNode }

const Picture = ({ title, hint, className, children }: PictureProps) => (
  <Card className={cn('min-w-0', className)}>
    <CardHead title={title} hint={hint} />
    <div className="px-4 py-3">{children}</div>
  </Card>
)

function Pictures({ charts, onShowRows }: { charts: ChartsOut; onShowRows: ShowRows }) {
  const { records } = charts.run.counts
  const values = (field: ValueField) => (
    <Picture title={t(field)} hint={t('companiesHint', { count: charts[field].of })}>
      <Bars caption={t(field)} bars={valueBars(field, charts[field], onShowRows)} most={14} />
    </Picture>
  )
  return (
    <>
      <Picture title={t('outcomes')} hint={t('outcomesHint', { count: records })}>
        <Bars caption={t('outcomes')} bars={outcomeBars(charts, onShowRows)} most={FIRST} ofWhole />
      </Picture>
      <Picture title={t('coverage')} hint={t('coverageHint', { count: records })}>
        <Bars caption={t('coverage')} bars={coverageBars(charts, onShowRows)} most={FIRST} ofWhole />
      </Picture>
      <Countries charts={charts} onShowRows={onShowRows} />
      {values('employee_range')}
      {values('revenue_range')}
      {values('industry')}
      <Picture title={t('providers')}>
        <div className="-mx-4 -my-3">
          <ProviderTable providers={charts.providers} />
        </div>
      </Picture>
      <Credits charts={charts} />
    </>
  )
}

function Countries({ charts, onShowRows }: { charts: ChartsOut; onShowRows: ShowRows }) {
  const { country_code: countries } = charts
  const counts = new Map(countries.values.map(({ value, count }) => [value, count]))
  return (
    <Picture
      title={t('country_code')}
      hint={t('companiesHint', { count: countries.of })}
      className="xl:col-span-2"
    >
      <div className="grid items-center gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <CountryMap counts={counts} onPress={(code) => onShowRows({ where: { country_code: [code] } })} />
        <div>
          <Bars
            caption={t('country_code')}
            bars={valueBars('country_code', countries, onShowRows)}
            most={FIRST}
          />
        </div>
      </div>
    </Picture>
  )
}

function Credits({ charts }: { charts: ChartsOut }) {
  const { credits, credits_over_time: time } = charts
  const hint = t('creditsHint', {
    spent: formatCredits(credits.spent),
    notTrusted: formatCredits(credits.paid_not_trusted),
  })
  return (
    <Picture title={t('credits')} hint={hint}>
      {credits.spent === 0 ? <p className="text-muted">{t('noCredits')}</p> : <CreditsChart time={time} />}
    </Picture>
  )
}

const Waiting = () => (
  <LoadingState className="grid gap-4 xl:grid-cols-2">
    {['one', 'two', 'three', 'four'].map((key) => (
      <Skeleton key={key} className="h-72" />
    ))}
  </LoadingState>
)
