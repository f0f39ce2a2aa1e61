import { Menu as Base } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import type { ComponentProps, ReactElement, ReactNode } from 'react'
import { cn } from '@/lib/cn'
import { popupClasses } from './popup'

const itemClasses =
  'flex min-h-8 w-full items-center gap-2 rounded px-2 py-1 text-left text-[0.8125rem] outline-none data-disabled:opacity-50 data-highlighted:bg-hover [&_svg]:size-4 [&_svg]:shrink-0'

type PopupProps = { align?: 'start' | 'end'; children: ReactNode; className?: string }

export function MenuPopup({ align = 'start', children, className }: PopupProps) {
  return (
    <Base.Portal>
      <Base.Positioner sideOffset={4} align={align} className="z-50">
        <Base.Popup
          className={cn(popupClasses, 'max-h-(--available-height) min-w-44 overflow-y-auto p-1', className)}
        >
          {children}
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  )
}

export function Menu({ trigger, ...popup }: PopupProps & { trigger: ReactElement }) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <MenuPopup {...popup} />
    </Base.Root>
  )
}

export function MenuItem({ className, ...rest }: ComponentProps<typeof Base.Item>) {
  return <Base.Item {...rest} className={cn(itemClasses, className as string)} />
}

type CheckProps = { checked: boolean; onChange: (isChecked: boolean) => void; children: ReactNode }

export function MenuCheck({ checked, onChange, children }: CheckProps) {
  return (
    <Base.CheckboxItem
      checked={checked}
      onCheckedChange={onChange}
      closeOnClick={false}
      className={itemClasses}
    >
      <span className="flex size-4 items-center justify-center">
        <Base.CheckboxItemIndicator>
          <Check className="text-accent" aria-hidden />
        </Base.CheckboxItemIndicator>
      </span>
      {children}
    </Base.CheckboxItem>
  )
}

type RadioProps<V extends string> = {
  value: V
  onChange: (value: V) => void
  choices: readonly { value: V; label: ReactNode }[]
}

export function MenuChoice<V extends string>({ value, onChange, choices }: RadioProps<V>) {
  return (
    <Base.RadioGroup value={value} onValueChange={(next) => onChange(next as V)}>
      {choices.map((choice) => (
        <Base.RadioItem key={choice.value} value={choice.value} className={itemClasses}>
          <span className="flex size-4 items-center justify-center">
            <Base.RadioItemIndicator>
              <Check className="text-accent" aria-hidden />
            </Base.RadioItemIndicator>
          </span>
          {choice.label}
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  )
}

export function MenuGroup({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <Base.Group>
      <Base.GroupLabel className="px-2 pt-1.5 pb-1 font-medium text-faint text-xs">{label}</Base.GroupLabel>
      {children}
    </Base.Group>
  )
}

export const MenuSeparator = () => <Base.Separator className="-mx-1 my-1 h-px bg-line" />
