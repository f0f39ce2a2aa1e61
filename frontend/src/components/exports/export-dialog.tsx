'use client'

import { Download, PackageOpen } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import { toast } from '@/components/ui/toast'
import { download } from '@/lib/api/download'
import type { ExportIn, RunOut } from '@/lib/api/generated'
import { asProblem } from '@/lib/api/problem'
import { token } from '@/lib/api/token'
import { formatBytes } from '@/lib/format/numbers'
import { type ExportFormat, exportPath, usePrepareExport } from '@/lib/queries/exports'
import { hasEnded } from '@/lib/queries/runs'
import { t } from '@/messages/exports'
import { PreparedExports } from './prepared-exports'

const FORMATS = ['csv', 'tsv', 'xlsx', 'jsonl', 'parquet'] as const
const OWN = 'own'

const CHOICES = [
  { value: OWN, label: t('formatOwn') },
  ...FORMATS.map((format) => ({ value: format, label: t(format) })),
] as const

/** `companies.enriched.csv` for `companies.csv`. */
function fileName(run: RunOut, format: ExportFormat | null): string {
  const name = run.file_name ?? `${run.name}.csv`
  const dot = name.lastIndexOf('.')
  const stem = dot > 0 ? name.slice(0, dot) : name
  return `${stem}.enriched.${format ?? (dot > 0 ? name.slice(dot + 1) : 'csv')}`
}

type Props = { run: RunOut; trigger: ReactElement }

/** The run as a file: streamed at once, or prepared in the background. */
export function ExportDialog({ run, trigger }: Props) {
  const [isOpen, setOpen] = useState(false)
  const [format, setFormat] = useState<string>(OWN)
  const [provenance, setProvenance] = useState(false)
  const [neutralise, setNeutralise] = useState(false)
  const wanted: ExportIn = {
    format: format === OWN ? null : (format as ExportFormat),
    provenance,
    neutralise,
  }
  return (
    <Dialog
      open={isOpen}
      onOpenChange={setOpen}
      trigger={trigger}
      title={t('title')}
      description={`${t('hint')}${hasEnded(run.state) ? '' : ` ${t('hintOpen')}`}`}
      closeLabel={t('close')}
      className="max-w-lg"
    >
      <div className="flex flex-col gap-4">
        <Field label={t('format')}>
          <Select
            aria-label={t('format')}
            value={format}
            choices={CHOICES}
            onChange={setFormat}
            className="max-w-56"
          />
        </Field>
        <div className="flex flex-col gap-1.5">
          <p className="font-medium text-muted text-xs">{t('columns')}</p>
          <p className="text-muted">{t('columnsHint', { count: run.fields.length })}</p>
          <Checkbox checked={provenance} onChange={setProvenance}>
            {t('provenance')}
          </Checkbox>
          <Checkbox checked={neutralise} onChange={setNeutralise}>
            {t('neutralise')}
          </Checkbox>
          <p className="pl-6 text-faint text-xs">{t('neutraliseHint')}</p>
        </div>
        <Buttons run={run} wanted={wanted} />
        <PreparedExports runId={run.id} />
      </div>
    </Dialog>
  )
}

function Buttons({ run, wanted }: { run: RunOut; wanted: ExportIn }) {
  const [bytes, setBytes] = useState<number | null>(null)
  const prepare = usePrepareExport(run.id)

  const stream = async () => {
    setBytes(0)
    try {
      await download(exportPath(run.id, wanted), fileName(run, wanted.format ?? null), setBytes)
      if (token.get()) toast.good(t('downloaded'))
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError')) {
        const problem = asProblem(error)
        toast.bad(problem.title, { description: problem.message })
      }
    } finally {
      setBytes(null)
    }
  }
  const ask = () =>
    prepare.mutate(wanted, {
      onSuccess: () => toast.info(t('preparing')),
      onError: (problem) => toast.bad(problem.title, { description: problem.message }),
    })

  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex flex-wrap items-center gap-2">
        <Button variant="primary" isBusy={bytes !== null} onClick={stream}>
          {bytes === null && <Download aria-hidden />}
          {t('download')}
        </Button>
        <Button isBusy={prepare.isPending} onClick={ask}>
          {!prepare.isPending && <PackageOpen aria-hidden />}
          {t('prepare')}
        </Button>
        <span role="status" className="figures text-muted text-xs">
          {bytes !== null && bytes > 0 && t('downloading', { size: formatBytes(bytes) })}
        </span>
      </div>
      <p className="text-faint text-xs">{t('prepareHint')}</p>
    </div>
  )
}
