import type { ReactNode } from 'react'
import { t } from '@/messages/shell'

/** Wraps skeletons: says once to a screen reader that something is on its way. */
export function LoadingState({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div role="status" aria-label={t('loading')} className={className}>
      {children}
    </div>
  )
}
