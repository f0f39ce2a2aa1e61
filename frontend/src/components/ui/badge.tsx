import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

const badgeClasses = cva(
  'inline-flex h-5 max-w-full items-center gap-1 whitespace-nowrap rounded px-1.5 font-medium text-xs [&_svg]:size-3 [&_svg]:shrink-0',
  {
    variants: {
      tone: {
        good: 'bg-good-ground text-good-ink',
        warn: 'bg-warn-ground text-warn-ink',
        bad: 'bg-bad-ground text-bad-ink',
        info: 'bg-info-ground text-info-ink',
        plain: 'bg-plain-ground text-plain-ink',
      },
    },
    defaultVariants: { tone: 'plain' },
  },
)

export type Tone = NonNullable<VariantProps<typeof badgeClasses>['tone']>

export function Badge({ tone, className, ...rest }: ComponentProps<'span'> & { tone?: Tone }) {
  return <span {...rest} className={cn(badgeClasses({ tone }), className)} />
}
