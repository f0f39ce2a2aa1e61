import { Switch as Base } from '@base-ui/react/switch'
import type { ReactNode } from 'react'
import { cn } from '@/lib/cn'

type Props = {
  checked: boolean
  onChange: (isOn: boolean) => void
  disabled?: boolean
  children: ReactNode
  className?: string
}

export function Switch({ checked, onChange, disabled, children, className }: Props) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the switch inside it.
    <label className={cn('flex min-h-6 items-center gap-2.5 text-[0.8125rem]', className)}>
      <Base.Root
        checked={checked}
        disabled={disabled}
        onCheckedChange={onChange}
        className="flex h-5 w-9 shrink-0 rounded-full border border-line-strong bg-sunken p-px transition-colors data-disabled:opacity-50 data-checked:border-accent data-checked:bg-accent"
      >
        <Base.Thumb className="size-4 rounded-full bg-line-strong transition-transform data-checked:translate-x-4 data-checked:bg-on-accent" />
      </Base.Root>
      <span className="min-w-0">{children}</span>
    </label>
  )
}
