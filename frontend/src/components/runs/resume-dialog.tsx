'use client'

import { type FormEvent, type ReactElement, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { toast } from '@/components/ui/toast'
import type { RunOut } from '@/lib/api/generated'
import { amountOf } from '@/lib/format/amount'
import { formatCredits } from '@/lib/format/numbers'
import { useResumeRun } from '@/lib/queries/runs'
import { t } from '@/messages/run'
import { pauseDetail } from './run-attention'

type Props = { run: RunOut; trigger: ReactElement }

/** Goes on with a paused run, with the budget it has or another. */
export function ResumeDialog({ run, trigger }: Props) {
  const [isOpen, setOpen] = useState(false)
  const [text, setText] = useState(() =>
    run.budget === null ? '' : formatCredits(run.budget).replaceAll(',', ''),
  )
  const resume = useResumeRun(run.id)
  const budget = amountOf(text)

  const send = (event: FormEvent) => {
    event.preventDefault()
    if (budget === undefined) return
    resume.mutate(budget === null ? undefined : { budget }, {
      onSuccess: () => {
        setOpen(false)
        toast.good(t('resumed'))
      },
      onError: (problem) => toast.bad(problem.title, { description: problem.message }),
    })
  }

  return (
    <Dialog
      open={isOpen}
      onOpenChange={setOpen}
      trigger={trigger}
      title={t('resumeTitle')}
      description={pauseDetail(run.reason, run.detail)}
      closeLabel={t('close')}
    >
      <form onSubmit={send} className="flex flex-col gap-4">
        <Field
          label={t('newBudget')}
          hint={t('resumeHint')}
          error={budget === undefined ? t('budgetBad') : undefined}
        >
          <Input
            inputMode="decimal"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            className="figures"
          />
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={() => setOpen(false)}>{t('close')}</Button>
          <Button type="submit" variant="primary" isBusy={resume.isPending}>
            {t('resume')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
