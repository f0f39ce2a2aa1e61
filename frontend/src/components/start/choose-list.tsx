'use client'

import { ClipboardList, FileSpreadsheet, Sparkles } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { ErrorState } from '@/components/state/error-state'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import type { UploadOut } from '@/lib/api/generated'
import { formatShare } from '@/lib/format/numbers'
import { useSampleUpload, useUpload } from '@/lib/queries/uploads'
import { t } from '@/messages/start'
import { DropZone } from './drop-zone'
import { PasteArea } from './paste-area'

type Props = { onUploaded: (uploadId: string) => void }

/** Three ways to a list: drop a file, paste, take the sample. */
export function ChooseList({ onUploaded }: Props) {
  const upload = useUpload()
  const sample = useSampleUpload()
  const [share, setShare] = useState(0)
  const isBusy = upload.isPending || sample.isPending
  const error = upload.error ?? sample.error

  const taken = { onSuccess: ({ id }: UploadOut) => onUploaded(id) }
  const send = (file: File) => {
    sample.reset()
    setShare(0)
    upload.mutate({ file, onProgress: setShare }, taken)
  }
  const paste = (text: string) => send(new File([text], t('pasteName'), { type: 'text/plain' }))
  const trySample = (event: FormEvent) => {
    event.preventDefault()
    upload.reset()
    sample.mutate(undefined, taken)
  }

  return (
    <div className="grid max-w-5xl gap-4 lg:grid-cols-2">
      <Card className="lg:row-span-2">
        <DropZone icon={FileSpreadsheet} onFile={send} disabled={isBusy}>
          {upload.isPending && (
            <p role="status" className="figures text-muted">
              {share < 1
                ? `${t('uploading', { name: upload.variables.file.name })} · ${formatShare(share)}`
                : t('reading')}
            </p>
          )}
        </DropZone>
      </Card>
      <Card className="p-4">
        <PasteArea icon={ClipboardList} onPaste={paste} isBusy={isBusy} />
      </Card>
      <Card className="flex flex-wrap items-center gap-4 p-4">
        <Sparkles className="size-5 text-muted" aria-hidden />
        <div className="min-w-48 flex-1">
          <h2 className="font-semibold">{t('sampleTitle')}</h2>
          <p className="text-muted text-xs">{t('sampleHint')}</p>
        </div>
        <form onSubmit={trySample}>
          <Button type="submit" isBusy={sample.isPending} disabled={isBusy}>
            {t('sampleAction')}
          </Button>
        </form>
      </Card>
      {error && (
        <Card className="lg:col-span-2">
          <ErrorState error={error} className="py-8" />
        </Card>
      )}
    </div>
  )
}
