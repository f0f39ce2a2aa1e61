'use client'

import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import type { OverTimeOut } from '@/lib/api/generated'
import { formatCredits, formatNumber } from '@/lib/format/numbers'
import { formatMoment } from '@/lib/format/times'
import { LOCALE } from '@/lib/i18n/translate'
import { t } from '@/messages/pictures'

const clock = new Intl.DateTimeFormat(LOCALE, { timeStyle: 'medium' })
const INK = { fill: 'var(--muted)', fontSize: 11 }

/** Credits by when they were spent, as bars; and the same as a table for who can't see them. */
export default function CreditsChart({ time }: { time: OverTimeOut }) {
  const bars = time.buckets.map((bucket) => ({ ...bucket, label: clock.format(new Date(bucket.at)) }))
  return (
    <>
      <div className="h-56" aria-hidden>
        <ResponsiveContainer width="100%" height="100%">
          <BarChart data={bars} margin={{ top: 8, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis dataKey="label" tick={INK} tickLine={false} axisLine={false} minTickGap={40} />
            <YAxis tick={INK} tickLine={false} axisLine={false} width={44} tickFormatter={formatNumber} />
            <Tooltip
              cursor={{ fill: 'var(--hover)' }}
              formatter={(value) => [formatCredits(Number(value)), t('creditsShort')]}
              contentStyle={{
                background: 'var(--surface)',
                border: '1px solid var(--line)',
                borderRadius: 6,
                color: 'var(--ink)',
                fontSize: 12,
              }}
              labelStyle={{ color: 'var(--muted)' }}
            />
            <Bar
              dataKey="credits"
              fill="var(--accent)"
              radius={[2, 2, 0, 0]}
              maxBarSize={48}
              isAnimationActive={false}
            />
          </BarChart>
        </ResponsiveContainer>
      </div>
      <table className="sr-only">
        <caption>{t('credits')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('when')}</th>
            <th scope="col">{t('creditsShort')}</th>
            <th scope="col">{t('asked')}</th>
            <th scope="col">{t('answered')}</th>
          </tr>
        </thead>
        <tbody>
          {time.buckets.map((bucket) => (
            <tr key={bucket.at}>
              <th scope="row">{formatMoment(bucket.at)}</th>
              <td>{formatCredits(bucket.credits)}</td>
              <td>{formatNumber(bucket.asked)}</td>
              <td>{formatNumber(bucket.answered)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
