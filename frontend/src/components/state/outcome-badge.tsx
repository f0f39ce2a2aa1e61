import {
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CircleMinus,
  CircleSlash,
  CircleX,
  type LucideIcon,
} from 'lucide-react'
import { Badge, type Tone } from '@/components/ui/badge'
import type { Outcome } from '@/lib/api/generated'
import { cn } from '@/lib/cn'
import { outcomeWord } from '@/messages/words'

type Look = { tone: Tone; icon: LucideIcon; bar: string }

/** How each outcome looks: a sign and a word, and a colour besides. `bar` is its colour in pictures. */
export const OUTCOME_LOOKS: Readonly<Record<Outcome, Look>> = {
  enriched: { tone: 'good', icon: CircleCheck, bar: 'bg-enriched' },
  no_match: { tone: 'warn', icon: CircleHelp, bar: 'bg-no-match' },
  failed: { tone: 'bad', icon: CircleX, bar: 'bg-failed' },
  skipped: { tone: 'info', icon: CircleMinus, bar: 'bg-skipped' },
  rejected: { tone: 'plain', icon: CircleSlash, bar: 'bg-rejected' },
  pending: { tone: 'plain', icon: CircleDashed, bar: 'bg-pending' },
}

export function OutcomeBadge({ outcome, className }: { outcome: Outcome; className?: string }) {
  const { tone, icon: Icon } = OUTCOME_LOOKS[outcome]
  return (
    <Badge tone={tone} className={cn(className)}>
      <Icon aria-hidden />
      {outcomeWord(outcome)}
    </Badge>
  )
}
