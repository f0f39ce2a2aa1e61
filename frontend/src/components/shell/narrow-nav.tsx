'use client'

import { Sheet } from '@/components/ui/sheet'
import { t } from '@/messages/shell'
import { Nav } from './nav'
import { ThemeSwitch } from './theme-switch'

type Props = { open: boolean; onOpenChange: (isOpen: boolean) => void }

/** The navigation where there is no room for it at the left. */
export function NarrowNav({ open, onOpenChange }: Props) {
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      side="left"
      title={t('name')}
      closeLabel={t('closeNavigation')}
      className="max-w-64"
    >
      <div className="flex flex-col gap-6 p-3">
        <Nav onNavigate={() => onOpenChange(false)} />
        <ThemeSwitch name="theme-narrow" />
      </div>
    </Sheet>
  )
}
