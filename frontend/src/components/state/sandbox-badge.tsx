import { FlaskConical } from 'lucide-react'
import { Badge } from '@/components/ui/badge'
import { t } from '@/messages/shell'

/** Marks what the sandbox made up. It stands at everything that comes from there. */
export function SandboxBadge() {
  return (
    <Badge tone="warn" title={t('sandboxHint')}>
      <FlaskConical aria-hidden />
      {t('sandbox')}
    </Badge>
  )
}
