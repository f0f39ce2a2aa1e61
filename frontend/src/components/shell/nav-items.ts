import { Building2, type LucideIcon, Plug, Rows3, Settings, Upload } from 'lucide-react'
import { t } from '@/messages/shell'

export type NavItem = { href: string; label: string; icon: LucideIcon; also?: readonly string[] }

export const NAV_ITEMS: readonly NavItem[] = [
  { href: '/', label: t('start'), icon: Upload },
  { href: '/runs/', label: t('runs'), icon: Rows3, also: ['/run/'] },
  { href: '/companies/', label: t('companies'), icon: Building2, also: ['/company/'] },
  { href: '/providers/', label: t('providers'), icon: Plug },
  { href: '/settings/', label: t('settings'), icon: Settings },
]

export const isCurrent = (item: NavItem, path: string): boolean =>
  item.href === path || (item.also?.includes(path) ?? false)
