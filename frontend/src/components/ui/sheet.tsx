import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '@/lib/cn'
import { buttonClasses } from './button-classes'
import { backdropClasses } from './popup'

type Props = {
  open: boolean
  onOpenChange: (isOpen: boolean) => void
  title: ReactNode
  description?: ReactNode
  closeLabel: string
  actions?: ReactNode
  children: ReactNode
  side?: 'right' | 'left'
  /** A modal sheet darkens the page; one that is not leaves it in use beside it. */
  modal?: boolean
  className?: string
}

/** A drawer at the edge of the page: details beside what they belong to. */
export function Sheet({
  open,
  onOpenChange,
  title,
  description,
  closeLabel,
  actions,
  children,
  side = 'right',
  modal = true,
  className,
}: Props) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange} modal={modal} disablePointerDismissal={!modal}>
      <Base.Portal>
        {modal && <Base.Backdrop className={backdropClasses} />}
        <Base.Popup
          className={cn(
            'fixed inset-y-0 z-50 flex w-full max-w-xl flex-col bg-surface shadow-floating outline-none transition-transform duration-200 ease-out',
            side === 'right'
              ? 'right-0 border-l data-ending-style:translate-x-full data-starting-style:translate-x-full'
              : 'left-0 border-r data-ending-style:-translate-x-full data-starting-style:-translate-x-full',
            className,
          )}
        >
          <header className="flex items-start justify-between gap-3 border-b px-4 py-3">
            <div className="min-w-0">
              <Base.Title className="truncate font-semibold text-base">{title}</Base.Title>
              {description && (
                <Base.Description className="mt-0.5 text-muted">{description}</Base.Description>
              )}
            </div>
            <div className="flex shrink-0 items-center gap-1">
              {actions}
              <Base.Close
                aria-label={closeLabel}
                className={buttonClasses({ variant: 'ghost', size: 'icon-sm' })}
              >
                <X aria-hidden />
              </Base.Close>
            </div>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
