'use client'

import type { LucideIcon } from 'lucide-react'
import { type ChangeEvent, type DragEvent, type ReactNode, useId, useState } from 'react'
import { buttonClasses } from '@/components/ui/button-classes'
import { cn } from '@/lib/cn'
import { t } from '@/messages/start'

type Props = { icon: LucideIcon; onFile: (file: File) => void; disabled: boolean; children?: ReactNode }

/** Takes one file, dropped or chosen. */
export function DropZone({ icon: Icon, onFile, disabled, children }: Props) {
  const [isOver, setOver] = useState(false)
  const id = useId()

  const take = (file: File | undefined) => {
    if (file && !disabled) onFile(file)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files[0])
  }
  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    take(event.currentTarget.files?.[0])
    event.currentTarget.value = ''
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one way in; the button inside is the other.
    <div
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={cn(
        'm-2 flex h-[calc(100%-1rem)] min-h-72 flex-col items-center justify-center gap-3 rounded-md border-2 border-dashed p-6 text-center transition-colors',
        isOver ? 'border-accent bg-selected' : 'border-line-strong/60',
      )}
    >
      <span className="flex size-12 items-center justify-center rounded-full bg-info-ground">
        <Icon className="size-6 text-info-ink" aria-hidden />
      </span>
      <div>
        <h2 className="font-semibold text-base">{isOver ? t('dropNow') : t('dropTitle')}</h2>
        <p className="text-muted">{t('dropHint')}</p>
      </div>
      <label
        htmlFor={id}
        className={cn(
          buttonClasses({ variant: 'primary', size: 'lg' }),
          'cursor-pointer has-focus-visible:outline-2 has-focus-visible:outline-focus has-focus-visible:outline-offset-2',
          disabled && 'pointer-events-none opacity-55',
        )}
      >
        {t('chooseFile')}
        <input id={id} type="file" className="sr-only" disabled={disabled} onChange={choose} />
      </label>
      {children}
    </div>
  )
}
