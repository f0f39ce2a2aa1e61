import { Progress as Base } from '@base-ui/react/progress'
import { cn } from '@/lib/cn'

type Part = { key: string; share: number; className: string }
type Props = { label: string; value: number; valueText?: string; parts: readonly Part[]; className?: string }

/** A bar of parts, each a share between 0 and 1; `value` is how much is done, of 100. */
export function Progress({ label, value, valueText, parts, className }: Props) {
  return (
    <Base.Root
      value={value}
      aria-label={label}
      getAriaValueText={() => valueText ?? `${Math.round(value)} %`}
    >
      <Base.Track
        className={cn('hatched flex h-2.5 w-full overflow-hidden rounded-full bg-pending/40', className)}
      >
        {parts.map((part) => (
          <span
            key={part.key}
            className={cn('h-full transition-[width] duration-500 ease-out', part.className)}
            style={{ width: `${part.share * 100}%` }}
          />
        ))}
      </Base.Track>
    </Base.Root>
  )
}
