import type { ReactNode } from 'react'
import type { OverrideValue } from '@/lib/queries/companies'
import { t } from '@/messages/company'

const LINKS: ReadonlySet<string> = new Set(['website', 'linkedin_url', 'social_urls'])
export const LISTS: ReadonlySet<string> = new Set(['technologies', 'social_urls'])

/** A value as one text. */
export const spoken = (value: OverrideValue | null): string =>
  value === null ? '' : Array.isArray(value) ? value.join(', ') : String(value)

/** Only what a provider can't turn into a script: its text is not to be trusted. */
const isAddress = (text: string) => /^https?:\/\//i.test(text)

const link = (text: string): ReactNode => (
  <a
    key={text}
    href={text}
    target="_blank"
    rel="noopener noreferrer nofollow"
    aria-label={t('external', { value: text })}
    className="break-all text-info-ink underline decoration-1 underline-offset-3 hover:decoration-2"
  >
    {text}
  </a>
)

/** A field's value as it is shown: addresses as links, lists as words in a row. */
export function FieldValue({ field, value }: { field: string; value: OverrideValue }) {
  const parts = Array.isArray(value) ? value : [String(value)]
  if (LINKS.has(field) && parts.every(isAddress))
    return <span className="flex flex-col items-start">{parts.map(link)}</span>
  if (!Array.isArray(value)) return <span className="break-words">{spoken(value)}</span>
  return (
    <span className="flex flex-wrap gap-1">
      {value.map((part) => (
        <span key={part} className="rounded bg-plain-ground px-1.5 text-plain-ink text-xs leading-5">
          {part}
        </span>
      ))}
    </span>
  )
}
