import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '@/lib/cn'

type Props = { icon: LucideIcon; title: ReactNode; hint?: ReactNode; action?: ReactNode; className?: string }

/** Nothing here yet: why, and what to do about it. */
export function EmptyState({ icon: Icon, title, hint, action, className }: Props) {
  return (
    <div className={cn('flex flex-col items-center gap-2 px-6 py-14 text-center', className)}>
      <span className="flex size-10 items-center justify-center rounded-full bg-sunken">
        <Icon className="size-5 text-muted" aria-hidden />
      </span>
      <div className="font-semibold">{title}</div>
      {hint && <p className="max-w-prose text-muted">{hint}</p>}
      {action && <div className="mt-2">{action}</div>}
    </div>
  )
}
