'use client'

import { type FormEvent, type ReactElement, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input, Textarea } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { toast } from '@/components/ui/toast'
import { BANDS } from '@/lib/bands'
import { type OverrideValue, useSetOverrides } from '@/lib/queries/companies'
import { t } from '@/messages/company'
import { fieldWord } from '@/messages/words'
import { LISTS, spoken } from './values'

type Props = {
  trigger: ReactElement
  domain: string
  /** One field to set, or those to choose from. */
  fields: readonly string[]
  /** What is shown now, and what a person set before. */
  value: OverrideValue | null
  override: OverrideValue | null
}

const written = (field: string, value: OverrideValue | null) =>
  LISTS.has(field) && Array.isArray(value) ? value.join('\n') : spoken(value)

function read(field: string, text: string): OverrideValue {
  if (LISTS.has(field))
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
  if (field === 'founded_year' && /^\d+$/.test(text.trim())) return Number(text.trim())
  return text.trim()
}

/** Sets a field by hand, or takes such a value away; both can be undone. */
export function OverrideDialog({ trigger, domain, fields, value, override }: Props) {
  const [isOpen, setOpen] = useState(false)
  const [chosen, setChosen] = useState('')
  const [draft, setDraft] = useState<string | null>(null)
  const change = useSetOverrides(domain)
  const field = fields.includes(chosen) ? chosen : (fields[0] ?? '')
  const label = fieldWord(field)
  const text = draft ?? (written(field, value) || (BANDS[field]?.[0] ?? ''))

  const open = (isWanted: boolean) => {
    setOpen(isWanted)
    setDraft(null)
    change.reset()
  }

  const undo = () =>
    change.mutate(
      { [field]: override },
      {
        onSuccess: () => toast.info(t('undone')),
        onError: (problem) => toast.bad(problem.title, { description: problem.message }),
      },
    )
  const set = (next: OverrideValue | null) =>
    change.mutate(
      { [field]: next },
      {
        onSuccess: () => {
          open(false)
          toast.good(t(next === null ? 'takenAway' : 'saved', { field: label }), {
            action: { label: t('undo'), onClick: undo },
          })
        },
      },
    )
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (text.trim()) set(read(field, text))
  }
  const choose = (next: string) => {
    setChosen(next)
    setDraft(BANDS[next]?.[0] ?? '')
  }

  return (
    <Dialog
      open={isOpen}
      onOpenChange={open}
      trigger={trigger}
      title={t('overrideTitle', { field: label })}
      description={t('overrideHint')}
      closeLabel={t('close')}
    >
      <form onSubmit={send} className="flex flex-col gap-4">
        {fields.length > 1 && (
          <Field label={t('field')}>
            <Select
              aria-label={t('field')}
              value={field}
              choices={fields.map((each) => ({ value: each, label: fieldWord(each) }))}
              onChange={choose}
            />
          </Field>
        )}
        <Field
          label={t(LISTS.has(field) ? 'valueList' : 'value')}
          error={change.error ? change.error.message : undefined}
        >
          <ValueInput field={field} text={text} onChange={setDraft} />
        </Field>
        <div className="flex flex-wrap justify-end gap-2">
          {override !== null && (
            <Button className="mr-auto" isBusy={change.isPending} onClick={() => set(null)}>
              {t('takeAway')}
            </Button>
          )}
          <Button onClick={() => open(false)}>{t('cancel')}</Button>
          <Button type="submit" variant="primary" isBusy={change.isPending} disabled={!text.trim()}>
            {t('save')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

type InputProps = { field: string; text: string; onChange: (text: string) => void }

function ValueInput({ field, text, onChange }: InputProps) {
  const bands = BANDS[field]
  if (bands)
    return (
      <Select
        aria-label={t('value')}
        value={text}
        choices={bands.map((band) => ({ value: band, label: band }))}
        onChange={onChange}
      />
    )
  if (LISTS.has(field) || field === 'description')
    return (
      <Textarea
        aria-label={t('value')}
        value={text}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    )
  return <Input autoFocus value={text} onChange={(event) => onChange(event.currentTarget.value)} />
}
