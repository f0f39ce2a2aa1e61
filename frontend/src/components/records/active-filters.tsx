'use client'

import { X } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { t } from '@/messages/records'
import { fieldWord, outcomeWord, reasonWord } from '@/messages/words'
import { NO_FILTER, type RecordsView, type SetRecordsView } from './view'

type Props = { view: RecordsView; setView: SetRecordsView }

type Chip = { key: string; label: string; remove: () => void }

const orNull = <V,>(values: readonly V[]): V[] | null => (values.length > 0 ? [...values] : null)

/** Each filter that is on, to be taken off one by one or all at once. */
export function ActiveFilters({ view, setView }: Props) {
  const without = (values: readonly string[], gone: string) =>
    orNull(values.filter((value) => value !== gone))
  const chips: Chip[] = [
    ...view.outcome.map((value) => ({
      key: `outcome ${value}`,
      label: outcomeWord(value),
      remove: () => void setView({ outcome: without(view.outcome, value) }),
    })),
    ...view.reason.map((value) => ({
      key: `reason ${value}`,
      label: reasonWord(value),
      remove: () => void setView({ reason: without(view.reason, value) }),
    })),
    ...Object.entries(view.where).map(([field, values]) => ({
      key: `field ${field}`,
      label: `${fieldWord(field)}: ${values.join(', ')}`,
      remove: () => {
        const { [field]: _gone, ...rest } = view.where
        void setView({ where: Object.keys(rest).length > 0 ? rest : null })
      },
    })),
  ]
  return (
    <ul aria-label={t('filters')} className="flex flex-wrap items-center gap-1.5">
      {chips.map(({ key, label, remove }) => (
        <li
          key={key}
          className="flex h-6 items-center rounded bg-info-ground pr-0.5 pl-2 text-info-ink text-xs"
        >
          {label}
          <button
            type="button"
            aria-label={t('removeFilter', { name: label })}
            onClick={remove}
            className="ml-1 flex size-5 items-center justify-center rounded hover:bg-hover"
          >
            <X className="size-3" aria-hidden />
          </button>
        </li>
      ))}
      <li>
        <Button size="sm" variant="ghost" onClick={() => setView(NO_FILTER)}>
          {t('clearFilters')}
        </Button>
      </li>
    </ul>
  )
}
