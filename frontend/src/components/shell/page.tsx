import type { ReactNode } from 'react'
import { cn } from '@/lib/cn'

type HeadProps = { title: ReactNode; hint?: ReactNode; meta?: ReactNode; actions?: ReactNode }

/** A page's title, what is said about it, and what can be done with it. */
export function PageHead({ title, hint, meta, actions }: HeadProps) {
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 px-4 pt-4 pb-3 sm:px-6">
      <div className="min-w-0">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 break-words font-semibold text-lg tracking-tight">{title}</h1>
          {meta}
        </div>
        {hint && <p className="mt-0.5 max-w-3xl text-muted">{hint}</p>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  )
}

/** What stands below the head, with the page's margins. */
export function PageBody({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div className={cn('flex min-w-0 flex-1 flex-col gap-4 px-4 pb-8 sm:px-6', className)}>{children}</div>
  )
}
