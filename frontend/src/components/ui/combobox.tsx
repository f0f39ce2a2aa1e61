import { Combobox as Base } from '@base-ui/react/combobox'
import { Check, ChevronDown, X } from 'lucide-react'
import { cn } from '@/lib/cn'
import { popupClasses } from './popup'
import type { Choice } from './select'

type Props = {
  values: readonly string[]
  choices: readonly Choice[]
  onChange: (values: string[]) => void
  'aria-label': string
  placeholder?: string
  nothingFound: string
  removeLabel: (label: string) => string
  className?: string
}

const itemClasses =
  'grid grid-cols-[1rem_1fr_auto] items-center gap-x-2 rounded px-2 py-1.5 text-[0.8125rem] outline-none data-highlighted:bg-hover'

/** Any number of many: chips, and a list that is narrowed by typing. */
export function Combobox({
  values,
  choices,
  onChange,
  placeholder,
  nothingFound,
  removeLabel,
  className,
  ...rest
}: Props) {
  const chosen = choices.filter((choice) => values.includes(choice.value))
  return (
    <Base.Root
      multiple
      items={choices as Choice[]}
      value={chosen}
      isItemEqualToValue={(one: Choice, other: Choice) => one.value === other.value}
      onValueChange={(next: Choice[]) => onChange(next.map((choice) => choice.value))}
    >
      <Base.Chips
        className={cn(
          'flex min-h-8 w-full flex-wrap items-center gap-1 rounded-md border border-line-strong bg-surface px-1.5 py-1 focus-within:outline-2 focus-within:outline-focus',
          className,
        )}
      >
        {chosen.map((choice) => (
          <Base.Chip
            key={choice.value}
            className="flex items-center gap-1 rounded bg-plain-ground py-0.5 pr-0.5 pl-1.5 text-plain-ink text-xs data-highlighted:bg-selected"
          >
            {choice.label}
            <Base.ChipRemove aria-label={removeLabel(choice.label)} className="rounded p-0.5 hover:bg-hover">
              <X className="size-3" aria-hidden />
            </Base.ChipRemove>
          </Base.Chip>
        ))}
        <Base.Input
          aria-label={rest['aria-label']}
          placeholder={chosen.length === 0 ? placeholder : undefined}
          className="h-6 min-w-16 flex-1 bg-transparent px-1 text-[0.8125rem] outline-none placeholder:text-faint"
        />
        <ChevronDown className="size-3.5 shrink-0 text-faint" aria-hidden />
      </Base.Chips>
      <Base.Portal>
        <Base.Positioner sideOffset={4} className="z-50">
          <Base.Popup
            className={cn(popupClasses, 'max-h-80 w-(--anchor-width) min-w-56 overflow-y-auto p-1')}
          >
            <Base.Empty className="px-2 py-1.5 text-faint text-xs empty:hidden">{nothingFound}</Base.Empty>
            <Base.List>
              {(choice: Choice) => (
                <Base.Item key={choice.value} value={choice} className={itemClasses}>
                  <Base.ItemIndicator>
                    <Check className="size-3.5 text-accent" aria-hidden />
                  </Base.ItemIndicator>
                  <span className="col-start-2 truncate">{choice.label}</span>
                  {choice.hint && <span className="figures text-faint text-xs">{choice.hint}</span>}
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
