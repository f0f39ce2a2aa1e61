'use client'

import { Maximize2 } from 'lucide-react'
import Link from 'next/link'
import { buttonClasses } from '@/components/ui/button-classes'
import { Sheet } from '@/components/ui/sheet'
import { t } from '@/messages/company'
import { CompanyStoryView } from './company-story'

type Props = { domain: string; isOpen: boolean; onClose: () => void }

export function CompanySheet({ domain, isOpen, onClose }: Props) {
  return (
    <Sheet
      open={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title={domain}
      closeLabel={t('close')}
      className="max-w-2xl"
      actions={
        <Link
          href={`/company/?domain=${encodeURIComponent(domain)}`}
          prefetch={false}
          aria-label={t('openPage')}
          title={t('openPage')}
          className={buttonClasses({ variant: 'ghost', size: 'icon-sm' })}
        >
          <Maximize2 aria-hidden />
        </Link>
      }
    >
      <CompanyStoryView key={domain} domain={domain} />
    </Sheet>
  )
}
