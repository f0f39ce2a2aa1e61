'use client'

import { Rows2 } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Menu, MenuChoice } from '@/components/ui/menu'
import { t } from '@/messages/records'
import type { Density } from './view'

const CHOICES = [
  { value: 'compact', label: t('densityCompact') },
  { value: 'normal', label: t('densityNormal') },
  { value: 'roomy', label: t('densityRoomy') },
] as const

type Props = { density: Density; onChange: (density: Density) => void }

export function DensityMenu({ density, onChange }: Props) {
  return (
    <Menu
      align="end"
      trigger={
        <Button size="icon" aria-label={t('density')} title={t('density')}>
          <Rows2 aria-hidden />
        </Button>
      }
    >
      <MenuChoice value={density} onChange={onChange} choices={CHOICES} />
    </Menu>
  )
}
