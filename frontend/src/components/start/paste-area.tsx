'use client'

import type { LucideIcon } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Textarea } from '@/components/ui/input'
import { t } from '@/messages/start'

type Props = { icon: LucideIcon; onPaste: (text: string) => void; isBusy: boolean }

export function PasteArea({ icon: Icon, onPaste, isBusy }: Props) {
  const [text, setText] = useState('')
  const [isRefused, setRefused] = useState(false)
  const id = useId()

  const send = (event: FormEvent) => {
    event.preventDefault()
    setRefused(text.trim() === '')
    if (text.trim() !== '') onPaste(text)
  }

  return (
    <form onSubmit={send} className="flex flex-col gap-2">
      <label htmlFor={id} className="flex items-center gap-2 font-semibold">
        <Icon className="size-4 text-muted" aria-hidden />
        {t('pasteTitle')}
      </label>
      <p id={`${id}-hint`} className="text-muted text-xs">
        {t('pasteHint')}
      </p>
      <Textarea
        id={id}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        placeholder={t('pasteExample')}
        spellCheck={false}
        aria-describedby={`${id}-hint`}
        aria-invalid={isRefused || undefined}
      />
      <div className="flex items-center justify-between gap-3">
        <p role="alert" className="text-bad-ink text-xs">
          {isRefused && t('pasteEmpty')}
        </p>
        <Button type="submit" disabled={isBusy}>
          {t('pasteAction')}
        </Button>
      </div>
    </form>
  )
}
