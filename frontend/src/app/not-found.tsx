import { Compass } from 'lucide-react'
import Link from 'next/link'
import { EmptyState } from '@/components/state/empty-state'
import { buttonClasses } from '@/components/ui/button-classes'
import { t } from '@/messages/shell'

export default function NotFound() {
  return (
    <EmptyState
      icon={Compass}
      title={<h1>{t('notFoundTitle')}</h1>}
      hint={t('notFoundHint')}
      action={
        <Link href="/" className={buttonClasses({ variant: 'primary' })}>
          {t('notFoundAction')}
        </Link>
      }
    />
  )
}
