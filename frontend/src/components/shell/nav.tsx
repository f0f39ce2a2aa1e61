'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { cn } from '@/lib/cn'
import { t } from '@/messages/shell'
import { isCurrent, NAV_ITEMS } from './nav-items'

const withSlash = (path: string) => (path.endsWith('/') ? path : `${path}/`)

export function Nav({ onNavigate }: { onNavigate?: () => void }) {
  const path = withSlash(usePathname())
  return (
    <nav aria-label={t('navigation')}>
      <ul className="flex flex-col gap-0.5">
        {NAV_ITEMS.map((item) => {
          const isHere = isCurrent(item, path)
          return (
            <li key={item.href}>
              <Link
                href={item.href}
                onClick={onNavigate}
                aria-current={isHere ? 'page' : undefined}
                className={cn(
                  'flex h-8 items-center gap-2.5 rounded-md px-2.5 font-medium text-[0.8125rem] -outline-offset-2 transition-colors',
                  isHere ? 'bg-selected text-ink' : 'text-muted hover:bg-hover hover:text-ink',
                )}
              >
                <item.icon className={cn('size-4', isHere && 'text-info-ink')} aria-hidden />
                {item.label}
              </Link>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}
