'use client'

import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { t } from '@/messages/records'

type Props = { value: string; onSearch: (text: string) => void; label?: string }

const WAIT_MS = 300

/** Searches a moment after the last letter, and at once on Enter. */
export function SearchBox({ value, onSearch, label = t('search') }: Props) {
  const [draft, setDraft] = useState<string | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])

  const search = (text: string) => {
    clearTimeout(timer.current)
    setDraft(null)
    onSearch(text)
  }
  const type = (text: string) => {
    setDraft(text)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => search(text), WAIT_MS)
  }
  const shown = draft ?? value

  return (
    <div className="relative min-w-40 max-w-md flex-1">
      <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-faint" aria-hidden />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        title={label}
        value={shown}
        onChange={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') search(shown)
          if (event.key === 'Escape') search('')
        }}
        className="h-8 w-full rounded-md border border-line-strong bg-surface pr-8 pl-8 text-[0.8125rem] placeholder:text-faint [&::-webkit-search-cancel-button]:hidden"
      />
      {shown !== '' && (
        <button
          type="button"
          aria-label={t('clearSearch')}
          onClick={() => search('')}
          className="absolute top-1 right-1 flex size-6 items-center justify-center rounded text-faint hover:bg-hover hover:text-ink"
        >
          <X className="size-3.5" aria-hidden />
        </button>
      )}
    </div>
  )
}
