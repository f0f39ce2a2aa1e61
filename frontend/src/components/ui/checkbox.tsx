import { Checkbox as Base } from '@base-ui/react/checkbox'
import { Check, Minus } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '@/lib/cn'

type Props = {
  checked: boolean
  onChange: (isChecked: boolean) => void
  indeterminate?: boolean
  disabled?: boolean
  children?: ReactNode
  'aria-label'?: string
  className?: string
}

export function Checkbox({
  checked,
  onChange,
  indeterminate,
  disabled,
  children,
  className,
  ...rest
}: Props) {
  const box = (
    <Base.Root
      checked={checked}
      indeterminate={indeterminate}
      disabled={disabled}
      onCheckedChange={onChange}
      aria-label={rest['aria-label']}
      className="flex size-4 shrink-0 items-center justify-center rounded border border-line-strong bg-surface data-disabled:opacity-50 data-checked:border-accent data-checked:bg-accent data-indeterminate:border-accent data-indeterminate:bg-accent"
    >
      <Base.Indicator className="text-on-accent">
        {indeterminate ? <Minus className="size-3" aria-hidden /> : <Check className="size-3" aria-hidden />}
      </Base.Indicator>
    </Base.Root>
  )
  if (!children) return box
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the checkbox inside it.
    <label className={cn('flex min-h-6 items-center gap-2 text-[0.8125rem]', className)}>
      {box}
      <span className="min-w-0">{children}</span>
    </label>
  )
}
