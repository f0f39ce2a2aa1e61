import type { ComponentProps, ReactNode } from 'react'
import { cn } from '@/lib/cn'

export function Card({ className, ...rest }: ComponentProps<'section'>) {
  return (
    <section {...rest} className={cn('rounded-lg border border-line bg-surface shadow-raised', className)} />
  )
}

type HeadProps = { title: ReactNode; hint?: ReactNode; actions?: ReactNode; id?: string }

export function CardHead({ title, hint, actions, id }: HeadProps) {
  return (
    <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b px-4 py-2.5">
      <div className="min-w-0">
        <h2 id={id} className="font-semibold text-sm">
          {title}
        </h2>
        {hint && <p className="text-muted text-xs">{hint}</p>}
      </div>
      {actions && <div className="flex items-center gap-2">{actions}</div>}
    </header>
  )
}
