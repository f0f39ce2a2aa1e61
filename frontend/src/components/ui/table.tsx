import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

/** A plain table for lists of a few hundred rows at most; a run's records have their own. */
export function Table({ className, ...rest }: ComponentProps<'table'>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keyboard.
    <div className="relative w-full overflow-x-auto" tabIndex={0}>
      <table {...rest} className={cn('w-full border-collapse text-left text-[0.8125rem]', className)} />
    </div>
  )
}

export function Th({ className, ...rest }: ComponentProps<'th'>) {
  return (
    <th
      scope="col"
      {...rest}
      className={cn(
        'h-8 whitespace-nowrap border-b bg-sunken px-3 font-medium text-muted text-xs',
        className,
      )}
    />
  )
}

export function Tr({ className, ...rest }: ComponentProps<'tr'>) {
  return <tr {...rest} className={cn('border-b last:border-0 hover:bg-hover', className)} />
}

export function Td({ className, ...rest }: ComponentProps<'td'>) {
  return <td {...rest} className={cn('h-10 px-3 py-1.5 align-middle', className)} />
}
