import {
  CircleCheck,
  CirclePause,
  CircleSlash,
  CircleX,
  Clock,
  Import,
  type LucideIcon,
  Play,
  TriangleAlert,
} from 'lucide-react'
import { Badge, type Tone } from '@/components/ui/badge'
import type { RunState } from '@/lib/api/generated'
import { stateWord } from '@/messages/words'

const LOOKS: Readonly<Record<RunState, { tone: Tone; icon: LucideIcon }>> = {
  importing: { tone: 'info', icon: Import },
  queued: { tone: 'info', icon: Clock },
  running: { tone: 'info', icon: Play },
  paused: { tone: 'warn', icon: CirclePause },
  succeeded: { tone: 'good', icon: CircleCheck },
  partial: { tone: 'warn', icon: TriangleAlert },
  failed: { tone: 'bad', icon: CircleX },
  cancelled: { tone: 'plain', icon: CircleSlash },
}

export function StateBadge({ state }: { state: RunState }) {
  const { tone, icon: Icon } = LOOKS[state]
  return (
    <Badge tone={tone}>
      <Icon aria-hidden />
      {stateWord(state)}
    </Badge>
  )
}
