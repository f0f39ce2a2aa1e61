import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { cn } from '@/lib/cn'
import { buttonClasses } from './button-classes'
import { backdropClasses } from './popup'

type Props = {
  open?: boolean
  onOpenChange?: (isOpen: boolean) => void
  trigger?: ReactElement
  title: ReactNode
  description?: ReactNode
  closeLabel: string
  /** Whether it can be left without an answer. */
  canClose?: boolean
  children?: ReactNode
  footer?: ReactNode
  className?: string
}

/** A question in the middle of the page. Escape and a press outside close it. */
export function Dialog({
  trigger,
  title,
  description,
  closeLabel,
  canClose = true,
  children,
  footer,
  className,
  ...root
}: Props) {
  return (
    <Base.Root {...root} disablePointerDismissal={!canClose}>
      {trigger && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Backdrop className={backdropClasses} />
        <Base.Popup
          className={cn(
            'fixed top-1/2 left-1/2 z-50 flex max-h-[90dvh] w-[calc(100%-2rem)] max-w-md -translate-x-1/2 -translate-y-1/2 flex-col rounded-xl border border-line bg-surface shadow-floating outline-none transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0',
            className,
          )}
        >
          <header className="flex items-start justify-between gap-4 px-5 pt-4">
            <div className="min-w-0">
              <Base.Title className="font-semibold text-base">{title}</Base.Title>
              {description && <Base.Description className="mt-1 text-muted">{description}</Base.Description>}
            </div>
            {canClose && (
              <Base.Close
                aria-label={closeLabel}
                className={cn(buttonClasses({ variant: 'ghost', size: 'icon-sm' }))}
              >
                <X aria-hidden />
              </Base.Close>
            )}
          </header>
          <div className="overflow-y-auto px-5 py-4">{children}</div>
          {footer && <footer className="flex flex-wrap justify-end gap-2 px-5 pb-5">{footer}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

export const DialogClose = Base.Close
