'use client'

import { useQuery } from '@tanstack/react-query'
import { Combobox } from '@/components/ui/combobox'
import { Field } from '@/components/ui/field'
import type { ChartsOut, RunOut } from '@/lib/api/generated'
import { formatShort } from '@/lib/format/numbers'
import { chartsQuery } from '@/lib/queries/runs'
import { t } from '@/messages/records'
import { fieldWord } from '@/messages/words'
import type { RecordsView, SetRecordsView } from './view'

type Props = { run: RunOut; view: RecordsView; setView: SetRecordsView }

const BY_VALUE = ['industry', 'employee_range', 'revenue_range', 'country_code'] as const

const orNull = (values: string[]): string[] | null => (values.length > 0 ? values : null)

/** The values that a field has in this run, with how many companies each, and those chosen already. */
function choicesOf(
  charts: ChartsOut | undefined,
  field: (typeof BY_VALUE)[number],
  chosen: readonly string[],
) {
  const known = (charts?.[field].values ?? []).filter(({ count }) => count > 0)
  const unknown = chosen.filter((value) => !known.some((item) => item.value === value))
  return [
    ...known.map(({ value, count }) => ({ value, label: value, hint: formatShort(count) })),
    ...unknown.map((value) => ({ value, label: value })),
  ]
}

/** Filters by what was found: values of the fields that have few, and whether a field has one at all. */
export function FieldFilters({ run, view, setView }: Props) {
  const charts = useQuery(chartsQuery(run.id, run.version))
  const fields = run.fields.map((value) => ({ value, label: fieldWord(value) }))
  const shared = {
    nothingFound: t('noValue'),
    placeholder: t('anyValue'),
    removeLabel: (name: string) => t('removeFilter', { name }),
  }
  const setWhere = (field: string, values: string[]) =>
    setView(({ where }) => {
      const { [field]: _before, ...others } = where
      const next = values.length > 0 ? { ...others, [field]: values } : others
      return { where: Object.keys(next).length > 0 ? next : null }
    })
  return (
    <div className="flex flex-col gap-2.5">
      {BY_VALUE.filter((field) => run.fields.includes(field)).map((field) => (
        <Field key={field} label={fieldWord(field)}>
          <Combobox
            {...shared}
            aria-label={fieldWord(field)}
            values={view.where[field] ?? []}
            choices={choicesOf(charts.data, field, view.where[field] ?? [])}
            onChange={(values) => setWhere(field, values)}
          />
        </Field>
      ))}
      {(['filled', 'empty'] as const).map((name) => (
        <Field key={name} label={t(name)}>
          <Combobox
            {...shared}
            aria-label={t(name)}
            values={view[name]}
            choices={fields}
            onChange={(values) => setView({ [name]: orNull(values) })}
          />
        </Field>
      ))}
    </div>
  )
}
