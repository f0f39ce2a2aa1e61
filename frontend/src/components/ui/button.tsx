import { Button as Base } from '@base-ui/react/button'
import type { VariantProps } from 'class-variance-authority'
import { LoaderCircle } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'
import { buttonClasses } from './button-classes'

export type ButtonProps = ComponentProps<typeof Base> &
  VariantProps<typeof buttonClasses> & { isBusy?: boolean }

/** A button. While `isBusy` it keeps its place and its focus, shows that it works, and does nothing. */
export function Button({
  variant,
  size,
  isBusy = false,
  className,
  children,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <Base
      {...rest}
      disabled={disabled || isBusy}
      focusableWhenDisabled={isBusy}
      aria-busy={isBusy || undefined}
      className={cn(buttonClasses({ variant, size }), className as string)}
    >
      {isBusy && <LoaderCircle className="animate-spin" aria-hidden />}
      {children}
    </Base>
  )
}
