import { ExternalLink } from 'lucide-react'
import { OutcomeBadge } from '@/components/state/outcome-badge'
import type { RecordOut } from '@/lib/api/generated'
import { cn } from '@/lib/cn'
import { t } from '@/messages/records'
import type { Column } from './columns'

const MATCH_BARS = { high: 3, medium: 2, low: 1 } as const

function Match({ match, text }: { match: string; text: string }) {
  const filled = MATCH_BARS[match as keyof typeof MATCH_BARS] ?? 0
  return (
    <span className="flex items-center gap-1.5">
      <span aria-hidden className="flex items-end gap-0.5">
        {[1, 2, 3].map((bar) => (
          <span
            key={bar}
            className={cn('w-1 rounded-sm', bar <= filled ? 'bg-accent' : 'bg-pending')}
            style={{ height: 3 + bar * 3 }}
          />
        ))}
      </span>
      {text}
    </span>
  )
}

const isWebAddress = (text: string) => /^https?:\/\//i.test(text)

function Link({ text }: { text: string }) {
  if (!isWebAddress(text)) return <span className="truncate">{text}</span>
  return (
    <a
      href={text}
      target="_blank"
      rel="noreferrer noopener"
      tabIndex={-1}
      className="flex min-w-0 items-center gap-1 text-info-ink hover:underline"
    >
      <span className="truncate">{text.replace(/^https?:\/\/(www\.)?/i, '').replace(/\/$/, '')}</span>
      <ExternalLink className="size-3 shrink-0" aria-hidden />
    </a>
  )
}

/** A company's page, from a page at the top level: relative, so that it works under any base path. */
export const companyAddress = (domain: string) => `../company/?domain=${encodeURIComponent(domain)}`

/** What stands in a cell. Its text alone is `column.text(record)`. */
export function CellContent({ column, record }: { column: Column; record: RecordOut }) {
  const text = column.text(record)
  if (text === '')
    return (
      <span aria-hidden className="text-faint">
        –
      </span>
    )
  switch (column.kind) {
    case 'outcome':
      return <OutcomeBadge outcome={record.outcome} />
    case 'domain':
      return (
        <a
          href={companyAddress(text)}
          data-company={text}
          tabIndex={-1}
          title={record.is_duplicate ? t('duplicate') : undefined}
          className={cn('truncate font-medium hover:underline', record.is_duplicate && 'text-muted italic')}
        >
          {text}
        </a>
      )
    case 'match':
      return <Match match={record.match ?? ''} text={text} />
    case 'link':
      return <Link text={text} />
    default:
      return <span className="truncate">{text}</span>
  }
}
