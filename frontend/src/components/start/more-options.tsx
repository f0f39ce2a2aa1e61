'use client'

import { useQuery } from '@tanstack/react-query'
import { Checkbox } from '@/components/ui/checkbox'
import { Combobox } from '@/components/ui/combobox'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import type { PreviewOut } from '@/lib/api/generated'
import { providersQuery } from '@/lib/queries/providers'
import { t } from '@/messages/start'
import { fieldWord } from '@/messages/words'
import type { SetStartOptions, StartOptions } from './options'

type Props = { preview: PreviewOut; options: StartOptions; setOptions: SetStartOptions }

/** Wanted fields, how old an answer may be, and what else is taken. */
export function MoreOptions({ preview, options, setOptions }: Props) {
  const providers = useQuery(providersQuery())
  const asked = (providers.data?.items ?? []).filter(({ name }) => preview.waterfall.includes(name))
  const sayable = [...new Set([...asked.flatMap(({ fields }) => fields), ...preview.fields])]
  const choices = sayable.map((value) => ({ value, label: fieldWord(value) }))
  const setAge = (text: string) => {
    const days = Number(text)
    setOptions({ max_age_days: text.trim() === '' || !Number.isFinite(days) || days < 0 ? null : days })
  }
  return (
    <details className="group">
      <summary className="cursor-pointer font-medium text-muted text-xs hover:text-ink">{t('more')}</summary>
      <div className="mt-3 flex flex-col gap-3.5">
        <Field label={t('fields')}>
          <Combobox
            values={options.fields ?? []}
            choices={choices}
            onChange={(fields) => setOptions({ fields: fields.length > 0 ? fields : null })}
            aria-label={t('fields')}
            placeholder={t('fieldsAll')}
            nothingFound={t('fieldsNothing')}
            removeLabel={(name) => t('fieldRemove', { name })}
          />
        </Field>
        <Field label={t('maxAge')} hint={t('maxAgeHint')}>
          <Input
            type="number"
            min={0}
            defaultValue={options.max_age_days ?? ''}
            onBlur={(event) => setAge(event.currentTarget.value)}
          />
        </Field>
        <Checkbox checked={options.accept_low} onChange={(is) => setOptions({ accept_low: is || null })}>
          {t('acceptLow')}
        </Checkbox>
        <Checkbox
          checked={options.allow_name_only}
          onChange={(is) => setOptions({ allow_name_only: is || null })}
        >
          {t('nameOnly')}
        </Checkbox>
      </div>
    </details>
  )
}
