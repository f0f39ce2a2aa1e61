import { Field as Base } from '@base-ui/react/field'
import type { ReactNode } from 'react'
import { cn } from '@/lib/cn'

type Props = {
  label: ReactNode
  hint?: ReactNode
  error?: ReactNode
  className?: string
  children: ReactNode
}

/** A control with its label, and what is said about it: its error if there is one, else its hint. */
export function Field({ label, hint, error, className, children }: Props) {
  return (
    <Base.Root invalid={Boolean(error)} className={cn('flex min-w-0 flex-col gap-1', className)}>
      <Base.Label className="font-medium text-muted text-xs">{label}</Base.Label>
      {children}
      {error ? (
        <Base.Error match className="text-bad-ink text-xs">
          {error}
        </Base.Error>
      ) : (
        hint && <Base.Description className="text-faint text-xs">{hint}</Base.Description>
      )}
    </Base.Root>
  )
}
