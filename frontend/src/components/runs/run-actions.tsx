'use client'

import { Ban, Download, Pause, Play, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { ExportDialog } from '@/components/exports/export-dialog'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { toast } from '@/components/ui/toast'
import type { RunOut } from '@/lib/api/generated'
import type { ApiProblem } from '@/lib/api/problem'
import { hasEnded, isWorking, useCancelRun, usePauseRun } from '@/lib/queries/runs'
import { t as exportWord } from '@/messages/exports'
import { t } from '@/messages/run'
import { ResumeDialog } from './resume-dialog'
import { RetryMenu } from './retry-menu'

const refused = (problem: ApiProblem) => toast.bad(problem.title, { description: problem.message })

/** What can be done with a run as it stands. */
export function RunActions({ run }: { run: RunOut }) {
  const pause = usePauseRun(run.id)
  return (
    <>
      {isWorking(run.state) && (
        <Button
          isBusy={pause.isPending}
          onClick={() =>
            pause.mutate(undefined, { onSuccess: () => toast.info(t('paused')), onError: refused })
          }
        >
          {!pause.isPending && <Pause aria-hidden />}
          {t('pause')}
        </Button>
      )}
      {run.state === 'paused' && (
        <ResumeDialog
          run={run}
          trigger={
            <Button variant="primary">
              <Play aria-hidden />
              {t('resume')}
            </Button>
          }
        />
      )}
      {hasEnded(run.state) && run.counts.targets > run.counts.enriched && (
        <RetryMenu
          run={run}
          trigger={
            <Button>
              <RotateCcw aria-hidden />
              {t('retry')}
            </Button>
          }
        />
      )}
      {!hasEnded(run.state) && <CancelButton run={run} />}
      <ExportDialog
        run={run}
        trigger={
          <Button variant={hasEnded(run.state) ? 'primary' : 'secondary'}>
            <Download aria-hidden />
            {exportWord('export')}
          </Button>
        }
      />
    </>
  )
}

function CancelButton({ run }: { run: RunOut }) {
  const cancel = useCancelRun(run.id)
  const [isOpen, setOpen] = useState(false)
  const send = () =>
    cancel.mutate(undefined, {
      onSuccess: () => {
        setOpen(false)
        toast.info(t('cancelled'))
      },
      onError: refused,
    })
  return (
    <Dialog
      open={isOpen}
      onOpenChange={setOpen}
      title={t('cancelTitle')}
      description={t('cancelHint')}
      closeLabel={t('close')}
      trigger={
        <Button>
          <Ban aria-hidden />
          {t('cancel')}
        </Button>
      }
      footer={
        <>
          <Button onClick={() => setOpen(false)}>{t('keep')}</Button>
          <Button variant="danger" isBusy={cancel.isPending} onClick={send}>
            {t('cancel')}
          </Button>
        </>
      }
    />
  )
}
