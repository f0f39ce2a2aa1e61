import { Select as Base } from '@base-ui/react/select'
import { Check, ChevronDown } from 'lucide-react'
import { cn } from '@/lib/cn'
import { popupClasses } from './popup'

export type Choice<V extends string = string> = { value: V; label: string; hint?: string }

type Props<V extends string> = {
  value: V
  choices: readonly Choice<V>[]
  onChange: (value: V) => void
  'aria-label'?: string
  disabled?: boolean
  className?: string
}

/** One of a few. For many, or for more than one, there is `Combobox`. */
export function Select<V extends string>({ value, choices, onChange, className, ...rest }: Props<V>) {
  return (
    <Base.Root
      items={choices as Choice<V>[]}
      value={value}
      onValueChange={(next) => next !== null && onChange(next as V)}
      disabled={rest.disabled}
    >
      <Base.Trigger
        aria-label={rest['aria-label']}
        className={cn(
          'inline-flex h-8 min-w-0 items-center justify-between gap-2 rounded-md border border-line-strong bg-surface px-2.5 text-[0.8125rem] hover:bg-hover data-disabled:opacity-55',
          className,
        )}
      >
        <Base.Value className="truncate" />
        <ChevronDown className="size-3.5 shrink-0 text-faint" aria-hidden />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50">
          <Base.Popup className={cn(popupClasses, 'max-h-80 min-w-(--anchor-width) overflow-y-auto p-1')}>
            {choices.map((choice) => (
              <Base.Item
                key={choice.value}
                value={choice.value}
                className="grid grid-cols-[1rem_1fr] items-center gap-x-2 rounded px-2 py-1.5 text-[0.8125rem] outline-none data-highlighted:bg-hover"
              >
                <Base.ItemIndicator>
                  <Check className="size-3.5 text-accent" aria-hidden />
                </Base.ItemIndicator>
                <Base.ItemText className="col-start-2">{choice.label}</Base.ItemText>
                {choice.hint && <span className="col-start-2 text-faint text-xs">{choice.hint}</span>}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
