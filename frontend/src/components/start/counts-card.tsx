import { Card, CardHead } from '@/components/ui/card'
import type { PreviewOut } from '@/lib/api/generated'
import { formatNumber, formatShare } from '@/lib/format/numbers'
import { t } from '@/messages/start'
import { reasonWord } from '@/messages/words'

/** Rows by verdict; each number with what it is a part of. */
export function CountsCard({ preview }: { preview: PreviewOut }) {
  const { counts, fresh, rejections } = preview
  const numbers = [
    { label: t('records'), value: counts.records, of: 0 },
    { label: t('targets'), value: counts.targets, of: counts.records },
    { label: t('fresh'), value: fresh, of: counts.targets },
    { label: t('duplicates'), value: counts.duplicates, of: counts.records },
    { label: t('rejected'), value: counts.rejected, of: counts.records },
  ]
  const reasons = Object.entries(rejections).sort(([, one], [, other]) => other - one)
  return (
    <Card>
      <CardHead title={t('counts')} />
      <dl className="grid grid-cols-2 gap-px overflow-hidden bg-line sm:grid-cols-3 lg:grid-cols-5">
        {numbers.map(({ label, value, of }) => (
          <div key={label} className="bg-surface px-4 py-3 last:col-span-2 lg:last:col-span-1">
            <dt className="text-muted text-xs">{label}</dt>
            <dd className="figures mt-0.5 font-semibold text-xl leading-tight">
              {formatNumber(value)}
              {of > 0 && (
                <span className="ml-1.5 font-normal text-faint text-xs">{formatShare(value / of)}</span>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {reasons.length > 0 && (
        <div className="border-t px-4 py-3">
          <h3 className="mb-2 font-medium text-muted text-xs">{t('rejectedFor')}</h3>
          <ul className="flex flex-wrap gap-x-5 gap-y-1.5">
            {reasons.map(([reason, count]) => (
              <li key={reason} className="flex items-baseline gap-1.5">
                <span className="figures font-semibold">{formatNumber(count)}</span>
                <span className="text-muted">{reasonWord(reason)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Card>
  )
}
