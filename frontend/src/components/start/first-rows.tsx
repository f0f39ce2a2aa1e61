import { CircleCheck, CircleSlash, Copy, Zap } from 'lucide-react'
import { Badge } from '@/components/ui/badge'
import { Card, CardHead } from '@/components/ui/card'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import type { PreviewOut, PreviewRow } from '@/lib/api/generated'
import { cn } from '@/lib/cn'
import { t } from '@/messages/start'
import { reasonWord } from '@/messages/words'

const cellText = (value: unknown): string => {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const cellsOf = ({ cells }: PreviewRow, columns: readonly string[]): string[] =>
  columns.map((name, place) =>
    cellText(Array.isArray(cells) ? cells[place] : (cells as Record<string, unknown>)[name]),
  )

function Verdict({ row }: { row: PreviewRow }) {
  if (row.rejection)
    return (
      <Badge tone="plain">
        <CircleSlash aria-hidden />
        {reasonWord(row.rejection)}
      </Badge>
    )
  if (row.duplicate_of !== null)
    return (
      <Badge tone="info">
        <Copy aria-hidden />
        {t('duplicateOf', { row: row.duplicate_of })}
      </Badge>
    )
  return (
    <Badge tone="good">
      {row.is_fresh ? <Zap aria-hidden /> : <CircleCheck aria-hidden />}
      {row.is_fresh ? t('freshRow') : t('accepted')}
    </Badge>
  )
}

/** The first rows of the list with what each means. */
export function FirstRows({ preview }: { preview: PreviewOut }) {
  const { columns, rows, column_index: asked } = preview
  return (
    <Card>
      <CardHead title={t('firstRows')} hint={t('firstRowsHint')} />
      <div className="max-h-96 overflow-y-auto">
        <Table>
          <thead className="sticky top-0 z-10">
            <tr>
              <Th className="w-12 text-right">#</Th>
              <Th>{t('verdict')}</Th>
              {columns.map((name, place) => (
                <Th
                  // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name.
                  key={`${place} ${name}`}
                  className={cn(place === asked && 'text-info-ink')}
                >
                  {name || `#${place + 1}`}
                </Th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Tr key={row.position}>
                <Td className="figures text-right text-faint">{row.position}</Td>
                <Td className="min-w-44">
                  <div className="flex flex-col items-start gap-0.5">
                    <Verdict row={row} />
                    {row.domain && <span className="text-xs">{row.domain}</span>}
                    {row.note && <span className="max-w-64 text-faint text-xs">{row.note}</span>}
                  </div>
                </Td>
                {cellsOf(row, columns).map((text, place) => (
                  <Td
                    // biome-ignore lint/suspicious/noArrayIndexKey: a cell is known by its place.
                    key={place}
                    className={cn('max-w-72 truncate', place === asked ? 'font-medium' : 'text-muted')}
                    title={text}
                  >
                    {text}
                  </Td>
                ))}
              </Tr>
            ))}
          </tbody>
        </Table>
      </div>
    </Card>
  )
}
