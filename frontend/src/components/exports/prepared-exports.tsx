'use client'

import { useQuery } from '@tanstack/react-query'
import { Download, Trash2 } from 'lucide-react'
import { ErrorState } from '@/components/state/error-state'
import { Badge, type Tone } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Progress } from '@/components/ui/progress'
import { toast } from '@/components/ui/toast'
import { download } from '@/lib/api/download'
import type { ExportOut, ExportState } from '@/lib/api/generated'
import { asProblem } from '@/lib/api/problem'
import { formatBytes } from '@/lib/format/numbers'
import { formatMoment } from '@/lib/format/times'
import { exportFilePath, exportsQuery, useDeleteExport } from '@/lib/queries/exports'
import { t } from '@/messages/exports'

const TONES: Readonly<Record<ExportState, Tone>> = {
  queued: 'info',
  running: 'info',
  ready: 'good',
  failed: 'bad',
  discarded: 'plain',
}

/** The run's files that were made in the background, or are being made. */
export function PreparedExports({ runId }: { runId: string }) {
  const prepared = useQuery(exportsQuery(runId))
  if (prepared.isError && !prepared.data)
    return <ErrorState error={prepared.error} onRetry={prepared.refetch} className="py-4" />
  const items = prepared.data?.items ?? []
  if (items.length === 0) return null
  return (
    <section aria-labelledby="prepared">
      <h3 id="prepared" className="mb-1 font-semibold text-[0.8125rem]">
        {t('prepared')}
      </h3>
      <ul className="flex flex-col">
        {items.map((each) => (
          <Prepared key={each.id} file={each} />
        ))}
      </ul>
    </section>
  )
}

function Prepared({ file }: { file: ExportOut }) {
  const remove = useDeleteExport(file.run_id)
  const { file_name: name, state, rows, rows_done: done } = file
  const isOpen = state === 'queued' || state === 'running'
  const save = () =>
    download(exportFilePath(file.id), name).catch((error) => {
      const problem = asProblem(error)
      toast.bad(problem.title, { description: problem.message })
    })
  return (
    <li className="border-t py-2">
      <div className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate" title={name}>
          {name}
        </span>
        <Badge tone={TONES[state]}>{t(`state_${state}`)}</Badge>
        {state === 'ready' && (
          <Button variant="ghost" size="icon-sm" aria-label={t('fetch', { name })} onClick={save}>
            <Download aria-hidden />
          </Button>
        )}
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={t('delete', { name })}
          isBusy={remove.isPending}
          onClick={() => remove.mutate(file.id, { onSuccess: () => toast.info(t('deleted')) })}
        >
          <Trash2 aria-hidden />
        </Button>
      </div>
      {isOpen && (
        <Progress
          label={name}
          value={rows > 0 ? (done / rows) * 100 : 0}
          valueText={t('rows', { done, of: rows })}
          parts={[{ key: 'done', share: rows > 0 ? done / rows : 0, className: 'bg-accent' }]}
          className="mt-1"
        />
      )}
      <p className="figures text-faint text-xs">
        {[
          isOpen ? t('rows', { done, of: rows }) : formatBytes(file.size),
          file.expires_at && t('until', { when: formatMoment(file.expires_at) }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {file.detail && <p className="break-words text-bad-ink text-xs">{file.detail}</p>}
    </li>
  )
}
