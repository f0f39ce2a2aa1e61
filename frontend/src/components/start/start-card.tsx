'use client'

import { Play } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Card, CardHead } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { toast } from '@/components/ui/toast'
import type { PreviewOut, RunIn } from '@/lib/api/generated'
import { asProblem } from '@/lib/api/problem'
import { amountOf } from '@/lib/format/amount'
import { formatCreditRange, formatCredits } from '@/lib/format/numbers'
import { useStartRun } from '@/lib/queries/uploads'
import { t } from '@/messages/start'
import { MoreOptions } from './more-options'
import { type SetStartOptions, type StartOptions, wishOf } from './options'

type Props = { preview: PreviewOut; options: StartOptions; setOptions: SetStartOptions; isStale: boolean }

const newKey = () => `dashboard-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`

/** A key for each wish: the same wish keeps its key, so that asking twice starts one run. */
function useKeys() {
  const [keys] = useState(() => new Map<string, string>())
  return (wish: RunIn): string => {
    const text = JSON.stringify(wish)
    const key = keys.get(text) ?? newKey()
    keys.set(text, key)
    return key
  }
}

/** The price, the budget, and the button that spends. */
export function StartCard({ preview, options, setOptions, isStale }: Props) {
  const router = useRouter()
  const start = useStartRun()
  const [name, setName] = useState(preview.file_name ?? '')
  const [budget, setBudget] = useState('')
  const keyOf = useKeys()
  const amount = amountOf(budget)
  const { best, worst } = preview.credits
  const hasNothing = preview.counts.targets === 0

  const send = (event: FormEvent) => {
    event.preventDefault()
    if (amount === undefined || hasNothing) return
    const wish = { ...wishOf(options), name: name.trim() || null, budget: amount }
    start.mutate(
      { wish, key: keyOf(wish) },
      {
        onSuccess: (run) => router.push(`/run/?id=${run.id}`),
        onError: (error) => toast.bad(asProblem(error).title, { description: error.message }),
      },
    )
  }

  return (
    <Card className="h-fit xl:sticky xl:top-4">
      <CardHead title={t('startTitle')} />
      <form onSubmit={send} className="flex flex-col gap-3.5 p-4">
        <p className="rounded-md bg-sunken px-3 py-2.5">
          {worst === 0 ? t('costsNothing') : t('costsUpTo', { range: formatCreditRange(best, worst) })}
        </p>
        <Field
          label={t('budget')}
          hint={t('budgetHint')}
          error={amount === undefined ? t('budgetBad') : undefined}
        >
          <Input
            inputMode="decimal"
            value={budget}
            onChange={(event) => setBudget(event.currentTarget.value)}
            placeholder={worst > 0 ? formatCredits(worst) : undefined}
            className="figures"
          />
        </Field>
        {typeof amount === 'number' && amount < worst && (
          <p className="text-warn-ink text-xs">{t('budgetCuts', { worst: formatCredits(worst) })}</p>
        )}
        <Field label={t('name')}>
          <Input value={name} maxLength={500} onChange={(event) => setName(event.currentTarget.value)} />
        </Field>
        <MoreOptions preview={preview} options={options} setOptions={setOptions} />
        {hasNothing && <p className="text-muted text-xs">{t('nothingToAsk')}</p>}
        <Button
          type="submit"
          variant="primary"
          size="lg"
          isBusy={start.isPending}
          disabled={hasNothing || isStale}
        >
          <Play aria-hidden />
          {t('start')}
        </Button>
      </form>
    </Card>
  )
}
