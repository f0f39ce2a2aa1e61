import { CircleAlert, TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import type { RunShownOut } from '@/lib/api/generated'
import { cn } from '@/lib/cn'
import { t } from '@/messages/run'
import { pauseWord } from '@/messages/words'

type Trouble = { title: string; detail: string; isBad: boolean }

const KEY_REASONS: ReadonlySet<string> = new Set(['key_refused', 'credits_used_up', 'provider_off'])

// The command line's advice for these is the button above.
const OWN_WORDS: ReadonlySet<string> = new Set(['paused_by_user', 'interrupted'])

/** The reason as a sentence, as this page can act on it. */
export const pauseDetail = (reason: string | null, detail: string | null): string =>
  reason && OWN_WORDS.has(reason) ? t('pausedHint') : (detail ?? '')

function troubleOf({ state, reason, detail, stalled }: RunShownOut): Trouble | null {
  if (reason && (state === 'paused' || state === 'failed'))
    return { title: pauseWord(reason), detail: pauseDetail(reason, detail), isBad: state === 'failed' }
  if (stalled) return { title: t('whyStalled'), detail: stalled, isBad: true }
  return null
}

/** Why a run stands still, and what to do about it. */
export function RunAttention({ run }: { run: RunShownOut }) {
  const trouble = troubleOf(run)
  if (!trouble) return null
  const Icon = trouble.isBad ? CircleAlert : TriangleAlert
  return (
    <div
      role="alert"
      className={cn(
        'flex items-start gap-3 rounded-lg px-4 py-3',
        trouble.isBad ? 'bg-bad-ground text-bad-ink' : 'bg-warn-ground text-warn-ink',
      )}
    >
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0">
        <p className="font-semibold">{trouble.title}</p>
        <p className="break-words">{trouble.detail}</p>
        {run.reason && KEY_REASONS.has(run.reason) && (
          <Link href="/providers/" className="mt-1 inline-block font-medium underline underline-offset-3">
            {t('toProviders')}
          </Link>
        )}
      </div>
    </div>
  )
}
