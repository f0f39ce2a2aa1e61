import { cn } from '@/lib/cn'

/** Three rows of a list, filled one after the other. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={cn('size-6', className)}>
      <rect width="24" height="24" rx="6" className="fill-accent" />
      <rect x="6" y="6" width="12" height="2.6" rx="1.3" fill="#fff" />
      <rect x="6" y="10.7" width="9" height="2.6" rx="1.3" fill="#fff" opacity=".85" />
      <rect x="6" y="15.4" width="5" height="2.6" rx="1.3" fill="#fff" opacity=".6" />
    </svg>
  )
}
