'use client'

import { X } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { t } from '@/messages/records'
import { confidenceWord, fieldWord, outcomeWord, reasonWord } from '@/messages/words'
import { LIST_FILTERS, NO_FILTER, type RecordsView, type SetRecordsView } from './view'

type Props = { view: RecordsView; setView: SetRecordsView }

const LABELS: Readonly<Record<(typeof LIST_FILTERS)[number], (value: string) => string>> = {
  outcome: outcomeWord,
  reason: reasonWord,
  match: (value) => `${t('match')}: ${confidenceWord(value)}`,
  filled: (value) => t('isFilledName', { name: fieldWord(value) }),
  empty: (value) => t('isEmptyName', { name: fieldWord(value) }),
}

type Chip = { key: string; label: string; remove: () => void }

const orNull = <V,>(values: readonly V[]): V[] | null => (values.length > 0 ? [...values] : null)

/** Each filter that is on, to be taken off one by one or all at once. */
export function ActiveFilters({ view, setView }: Props) {
  const without = (values: readonly string[], gone: string) =>
    orNull(values.filter((value) => value !== gone))
  const chips: Chip[] = [
    ...(view.q.trim()
      ? [{ key: 'q', label: `“${view.q.trim()}”`, remove: () => void setView({ q: null }) }]
      : []),
    ...LIST_FILTERS.flatMap((name) =>
      view[name].map((value) => ({
        key: `${name} ${value}`,
        label: LABELS[name](value),
        remove: () => void setView({ [name]: without(view[name], value) }),
      })),
    ),
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
