import { Input as Base } from '@base-ui/react/input'
import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

export const inputClasses =
  'h-8 w-full min-w-0 rounded-md border border-line-strong bg-surface px-2.5 text-[0.8125rem] text-ink placeholder:text-faint disabled:opacity-55 aria-invalid:border-danger data-invalid:border-danger'

export function Input({ className, ...rest }: ComponentProps<typeof Base>) {
  return <Base {...rest} className={cn(inputClasses, className as string)} />
}

export function Textarea({ className, ...rest }: ComponentProps<'textarea'>) {
  return (
    <textarea
      {...rest}
      className={cn(inputClasses, 'h-auto min-h-28 py-2 font-mono leading-relaxed', className)}
    />
  )
}
