'use client'

import { Columns3, Pin, PinOff } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Input } from '@/components/ui/input'
import { Popover } from '@/components/ui/popover'
import { cn } from '@/lib/cn'
import { t } from '@/messages/records'
import type { Column, ColumnGroup } from './columns'
import type { RecordsView, SetRecordsView } from './view'

type Props = {
  all: readonly Column[]
  columns: readonly Column[]
  view: RecordsView
  setView: SetRecordsView
}

const GROUPS: readonly { group: ColumnGroup; label: string }[] = [
  { group: 'row', label: t('groupRow') },
  { group: 'original', label: t('groupOriginal') },
  { group: 'fields', label: t('groupFields') },
]

/** Which columns are shown, and which of them are kept in place. */
export function ColumnChooser({ all, columns, view, setView }: Props) {
  const [search, setSearch] = useState('')
  const shown = columns.map((column) => column.id)
  const found = all.filter((column) => column.label.toLowerCase().includes(search.trim().toLowerCase()))

  const show = (id: string, isShown: boolean) =>
    setView({ columns: isShown ? [...shown, id] : shown.filter((kept) => kept !== id) })
  const pin = (id: string) =>
    setView({
      pinned: view.pinned.includes(id) ? view.pinned.filter((kept) => kept !== id) : [...view.pinned, id],
    })

  return (
    <Popover
      align="end"
      title={t('columns')}
      trigger={
        <Button>
          <Columns3 aria-hidden />
          <span className="sr-only sm:not-sr-only">{t('columns')}</span>
        </Button>
      }
    >
      <Input
        type="search"
        aria-label={t('columnSearch')}
        placeholder={t('columnSearch')}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <div className="-mx-1 max-h-96 overflow-y-auto px-1">
        {GROUPS.map(({ group, label }) => {
          const members = found.filter((column) => column.group === group)
          if (members.length === 0) return null
          return (
            <fieldset key={group} className="mt-3 flex flex-col">
              <legend className="mb-1 font-medium text-muted text-xs">{label}</legend>
              {members.map((column) => {
                const isPinned = view.pinned.includes(column.id)
                const PinIcon = isPinned ? PinOff : Pin
                return (
                  <div key={column.id} className="flex items-center justify-between">
                    <Checkbox
                      checked={shown.includes(column.id)}
                      onChange={(isShown) => show(column.id, isShown)}
                      className="min-w-0 [&>span:last-child]:truncate"
                    >
                      {column.label}
                    </Checkbox>
                    <Button
                      variant="ghost"
                      size="icon-sm"
                      aria-pressed={isPinned}
                      aria-label={t(isPinned ? 'unpin' : 'pin', { name: column.label })}
                      onClick={() => pin(column.id)}
                      className={cn(isPinned && 'text-info-ink')}
                    >
                      <PinIcon aria-hidden />
                    </Button>
                  </div>
                )
              })}
            </fieldset>
          )
        })}
      </div>
      <div className="mt-2 flex justify-end gap-2 border-t pt-2">
        <Button
          size="sm"
          variant="ghost"
          onClick={() => setView({ columns: all.map((column) => column.id) })}
        >
          {t('showAll')}
        </Button>
        <Button size="sm" onClick={() => setView({ columns: null, pinned: null, widths: null })}>
          {t('reset')}
        </Button>
      </div>
    </Popover>
  )
}
