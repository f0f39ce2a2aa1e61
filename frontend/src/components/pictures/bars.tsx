'use client'

import { type ReactNode, useState } from 'react'
import { Button } from '@/components/ui/button'
import { cn } from '@/lib/cn'
import { formatNumber, formatShare } from '@/lib/format/numbers'
import { t } from '@/messages/pictures'

export type Bar = {
  key: string
  label: string
  sign?: ReactNode
  count: number
  /** What the bar shows, between 0 and 1. */
  share: number
  hint?: string
  className?: string
  onPress?: () => void
}

type Props = {
  caption: string
  bars: readonly Bar[]
  /** How many are shown before the rest is asked for. */
  most?: number
  /** A full bar is the whole; else it is the largest share. */
  ofWhole?: boolean
}

/** Bars that are a table: each with its name, its count and its share, and a press that shows its rows. */
export function Bars({ caption, bars, most = Number.POSITIVE_INFINITY, ofWhole = false }: Props) {
  const [isWhole, setWhole] = useState(false)
  const longest = ofWhole ? 1 : Math.max(...bars.map(({ share }) => share), 0)
  const shown = isWhole ? bars : bars.slice(0, most)
  return (
    <>
      <table className="w-full table-fixed text-[0.8125rem]">
        <caption className="sr-only">{caption}</caption>
        <colgroup>
          <col className="w-[42%]" />
          <col />
          <col className="w-16" />
          <col className="w-14" />
        </colgroup>
        <thead className="sr-only">
          <tr>
            <th scope="col">{t('value')}</th>
            <th scope="col">{t('bar')}</th>
            <th scope="col">{t('count')}</th>
            <th scope="col">{t('share')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((bar) => (
            <Row key={bar.key} bar={bar} longest={longest} />
          ))}
        </tbody>
      </table>
      {bars.length > most && (
        <Button
          variant="link"
          size="inline"
          className="mt-1.5 text-xs"
          aria-expanded={isWhole}
          onClick={() => setWhole(!isWhole)}
        >
          {isWhole ? t('showFewer') : t('showAll', { count: bars.length })}
        </Button>
      )}
    </>
  )
}

function Row({ bar, longest }: { bar: Bar; longest: number }) {
  const name = (
    <>
      {bar.sign}
      <span className="min-w-0 truncate">{bar.label}</span>
    </>
  )
  const width = longest > 0 ? (bar.share / longest) * 100 : 0
  return (
    <tr className="h-7" title={bar.hint}>
      <th scope="row" className="pr-2 text-left font-normal">
        {bar.onPress && bar.count > 0 ? (
          <button
            type="button"
            title={t('showRows', { label: bar.label })}
            onClick={bar.onPress}
            className="flex max-w-full items-center gap-1.5 rounded text-left hover:text-info-ink hover:underline"
          >
            {name}
          </button>
        ) : (
          <span className="flex items-center gap-1.5 text-muted">{name}</span>
        )}
      </th>
      <td>
        <div className="h-3 overflow-hidden rounded-sm bg-sunken" aria-hidden>
          <div className={cn('h-full rounded-sm bg-accent', bar.className)} style={{ width: `${width}%` }} />
        </div>
      </td>
      <td className="figures pl-2 text-right">{formatNumber(bar.count)}</td>
      <td className="figures text-right text-faint text-xs">{formatShare(bar.share)}</td>
    </tr>
  )
}
