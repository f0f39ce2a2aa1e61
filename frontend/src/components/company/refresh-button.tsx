'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { RefreshCw } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { SandboxBadge } from '@/components/state/sandbox-badge'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { toast } from '@/components/ui/toast'
import type { RefreshPrice } from '@/lib/api/generated'
import { formatCredits } from '@/lib/format/numbers'
import { forgetCompany, useRefreshCompany } from '@/lib/queries/companies'
import { hasEnded, runQuery } from '@/lib/queries/runs'
import { t } from '@/messages/company'

const LOOK_MS = 1_000

/** Asks again about a company: first what that may cost, then a run for it alone, then what is known is read anew. */
export function RefreshButton({ domain, price }: { domain: string; price: RefreshPrice }) {
  const [isOpen, setOpen] = useState(false)
  const [runId, setRunId] = useState<string | null>(null)
  const refresh = useRefreshCompany(domain)
  const router = useRouter()
  const isRunning = useFollowed(runId, domain, () => setRunId(null))

  const start = () =>
    refresh.mutate(undefined, {
      onSuccess: (run) => {
        setOpen(false)
        setRunId(run.id)
        toast.info(t('refreshStarted', { domain }), {
          action: { label: t('refreshFollow'), onClick: () => router.push(`/run/?id=${run.id}`) },
        })
      },
    })

  return (
    <Dialog
      open={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button isBusy={isRunning}>
          {!isRunning && <RefreshCw aria-hidden />}
          {t('refresh')}
        </Button>
      }
      title={t('refreshTitle', { domain })}
      description={t('refreshHint')}
      closeLabel={t('close')}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>{t('cancel')}</Button>
          <Button variant="primary" disabled={!price.is_possible} isBusy={refresh.isPending} onClick={start}>
            {t('refreshStart')}
          </Button>
        </>
      }
    >
      <Price price={price} />
      {refresh.error && (
        <p role="alert" className="mt-3 text-bad-ink">
          {refresh.error.message}
        </p>
      )}
    </Dialog>
  )
}

/** Looks at a run until it has ended; says whether it still goes on. */
function useFollowed(runId: string | null, domain: string, onEnd: () => void): boolean {
  const client = useQueryClient()
  const run = useQuery({
    ...runQuery(runId ?? ''),
    enabled: runId !== null,
    refetchInterval: (query) => (query.state.data && hasEnded(query.state.data.state) ? false : LOOK_MS),
  })
  const isOver = runId !== null && run.data !== undefined && hasEnded(run.data.state)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the run has ended.
  useEffect(() => {
    if (!isOver) return
    forgetCompany(client, domain)
    onEnd()
  }, [isOver])
  return runId !== null && !isOver
}

function Price({ price }: { price: RefreshPrice }) {
  if (!price.is_possible)
    return (
      <p>
        <span className="font-medium">{t('refreshImpossible')}.</span> {price.why_not}
      </p>
    )
  return (
    <table className="w-full text-left text-[0.8125rem]">
      <thead>
        <tr className="text-muted text-xs">
          <th scope="col" className="pb-1 font-medium">
            {t('step')}
          </th>
          <th scope="col" className="pb-1 text-right font-medium">
            {t('atMost')}
          </th>
        </tr>
      </thead>
      <tbody>
        {price.steps.map((step) => (
          <tr key={step.provider} className="border-t">
            <td className="py-1.5">
              <span className="flex items-center gap-2">
                {step.provider}
                {step.is_sandbox && <SandboxBadge />}
              </span>
            </td>
            <td className="figures py-1.5 text-right">{formatCredits(step.credits_at_most)}</td>
          </tr>
        ))}
        <tr className="border-t font-semibold">
          <td className="pt-1.5">{t('refreshCost')}</td>
          <td className="figures pt-1.5 text-right">
            {price.credits_at_most === 0
              ? t('refreshFree')
              : t('refreshCredits', { count: price.credits_at_most })}
          </td>
        </tr>
      </tbody>
    </table>
  )
}
