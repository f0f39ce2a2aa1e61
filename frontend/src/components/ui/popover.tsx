import { Popover as Base } from '@base-ui/react/popover'
import type { ReactElement, ReactNode } from 'react'
import { cn } from '@/lib/cn'
import { popupClasses } from './popup'

type Props = {
  trigger: ReactElement
  title?: ReactNode
  align?: 'start' | 'center' | 'end'
  open?: boolean
  onOpenChange?: (isOpen: boolean) => void
  children: ReactNode
  className?: string
}

export function Popover({ trigger, title, align = 'start', children, className, ...root }: Props) {
  return (
    <Base.Root {...root}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} align={align} collisionPadding={8} className="z-50">
          <Base.Popup
            className={cn(
              popupClasses,
              'max-h-(--available-height) w-80 max-w-[calc(100vw-1rem)] overflow-y-auto p-3',
              className,
            )}
          >
            {title && <Base.Title className="mb-2 font-semibold text-[0.8125rem]">{title}</Base.Title>}
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

export const PopoverClose = Base.Close
