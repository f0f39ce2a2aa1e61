import { Tabs as Base } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'
import { cn } from '@/lib/cn'

type Tab<V extends string> = { value: V; label: ReactNode; panel: ReactNode }
type Props<V extends string> = {
  value: V
  onChange: (value: V) => void
  tabs: readonly Tab<V>[]
  label: string
  className?: string
  panelClassName?: string
}

export function Tabs<V extends string>({
  value,
  onChange,
  tabs,
  label,
  className,
  panelClassName,
}: Props<V>) {
  return (
    <Base.Root value={value} onValueChange={(next) => onChange(next as V)} className={className}>
      <Base.List aria-label={label} className="relative flex gap-1 overflow-x-auto border-b">
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.value}
            value={tab.value}
            className="-mb-px h-9 shrink-0 rounded-t-md border-transparent border-b-2 px-3 font-medium text-[0.8125rem] text-muted -outline-offset-2 hover:text-ink data-active:border-accent data-active:text-ink"
          >
            {tab.label}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} className={cn('-outline-offset-2', panelClassName)}>
          {tab.panel}
        </Base.Panel>
      ))}
    </Base.Root>
  )
}
