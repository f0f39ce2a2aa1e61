// A run's numbers as bars.

import { OUTCOME_LOOKS } from '@/components/state/outcome-badge'
import type { ChartsOut, ValuesOut } from '@/lib/api/generated'
import { countryName } from '@/lib/format/countries'
import { formatShare } from '@/lib/format/numbers'
import { t } from '@/messages/pictures'
import { fieldWord, outcomeWord, reasonWord } from '@/messages/words'
import type { Bar } from './bars'

/** What a press narrows the rows to, as parts of the records' view. */
export type RowsFilter = {
  outcome?: string[]
  reason?: string[]
  filled?: string[]
  where?: Record<string, string[]>
}
export type ShowRows = (filter: RowsFilter) => void

export type ValueField = 'employee_range' | 'revenue_range' | 'industry' | 'country_code'

const sign = (outcome: keyof typeof OUTCOME_LOOKS) => {
  const Icon = OUTCOME_LOOKS[outcome].icon
  return <Icon className="size-3.5 shrink-0 text-muted" aria-hidden />
}

/** Records by outcome and reason; rejected ones by why. */
export function outcomeBars({ outcomes, rejections }: ChartsOut, show: ShowRows): Bar[] {
  return [
    ...outcomes.map(({ outcome, reason, records }) => ({
      key: `${outcome} ${reason}`,
      label: reason ? `${outcomeWord(outcome)}: ${reasonWord(reason)}` : outcomeWord(outcome),
      sign: sign(outcome),
      count: records.count,
      share: records.share ?? 0,
      className: OUTCOME_LOOKS[outcome].bar,
      onPress: () => show({ outcome: [outcome], ...(reason && { reason: [reason] }) }),
    })),
    ...rejections.map(({ reason, records }) => ({
      key: `rejected ${reason}`,
      label: `${outcomeWord('rejected')}: ${reasonWord(reason)}`,
      sign: sign('rejected'),
      count: records.count,
      share: records.share ?? 0,
      className: OUTCOME_LOOKS.rejected.bar,
      onPress: () => show({ outcome: ['rejected'], reason: [reason] }),
    })),
  ]
}

export const coverageBars = ({ fields }: ChartsOut, show: ShowRows): Bar[] =>
  fields.map(({ field, coverage, fill_rate: fill }) => ({
    key: field,
    label: fieldWord(field),
    count: coverage.count,
    share: coverage.share ?? 0,
    hint: t('fillRate', { share: formatShare(fill.share) }),
    onPress: () => show({ filled: [field] }),
  }))

/** Companies by a field's value, then the rest and those without one. */
export function valueBars(field: ValueField, values: ValuesOut, show: ShowRows): Bar[] {
  const share = (count: number) => (values.of > 0 ? count / values.of : 0)
  const others = [
    { key: 'rest', label: t('rest'), count: values.rest },
    { key: 'unknown', label: t('unknown'), count: values.unknown },
  ]
  return [
    ...values.values.map(({ value, count }) => ({
      key: `value ${value}`,
      label: field === 'country_code' ? countryName(value) : value,
      count,
      share: share(count),
      onPress: () => show({ where: { [field]: [value] } }),
    })),
    ...others
      .filter(({ count }) => count > 0)
      .map((each) => ({ ...each, share: share(each.count), className: 'bg-pending' })),
  ]
}
