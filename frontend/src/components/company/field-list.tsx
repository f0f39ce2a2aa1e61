'use client'

import { Pencil, Plus } from 'lucide-react'
import { EmptyState } from '@/components/state/empty-state'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import type { CompanyStory, ObservationOut } from '@/lib/api/generated'
import { FIELDS } from '@/lib/bands'
import { formatAgo, formatMoment } from '@/lib/format/times'
import { t } from '@/messages/company'
import { fieldWord } from '@/messages/words'
import { Evidence } from './evidence'
import { OverrideDialog } from './override-dialog'
import { FieldValue, spoken } from './values'

const sorted = (fields: readonly string[]) =>
  [...new Set(fields)].sort((one, other) => FIELDS.indexOf(one) - FIELDS.indexOf(other))

/** Each field that has a value, where it comes from, and a way to set it by hand. */
export function FieldList({ story }: { story: CompanyStory }) {
  const shown = sorted([...Object.keys(story.fields), ...Object.keys(story.overrides)])
  const free = FIELDS.filter((field) => !shown.includes(field))
  return (
    <>
      {shown.length === 0 ? (
        <EmptyState icon={Pencil} title={t('noFields')} hint={t('noFieldsHint')} />
      ) : (
        <ul className="flex flex-col">
          {shown.map((field) => (
            <OneField key={field} field={field} story={story} />
          ))}
        </ul>
      )}
      <Unresolved observations={story.observations.filter(({ field }) => !shown.includes(field))} />
      {free.length > 0 && (
        <OverrideDialog
          domain={story.domain}
          fields={free}
          value={null}
          override={null}
          trigger={
            <Button className="mt-3">
              <Plus aria-hidden />
              {t('addOverride')}
            </Button>
          }
        />
      )}
    </>
  )
}

function OneField({ field, story }: { field: string; story: CompanyStory }) {
  const evidence = story.fields[field]
  const override = story.overrides[field]
  const value = override?.value ?? evidence?.value ?? null
  const said = override ? evidence?.losers[0] : evidence // what the providers say
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 gap-y-0.5 border-b py-2 last:border-0 sm:grid-cols-[8.5rem_minmax(0,1fr)_auto]">
      <span className="col-span-full text-muted text-xs sm:col-span-1 sm:pt-0.5">{fieldWord(field)}</span>
      <div className="min-w-0">
        {value !== null && <FieldValue field={field} value={value} />}
        <p className="mt-0.5 flex flex-wrap items-center gap-x-1.5 gap-y-0.5 text-faint text-xs">
          {override ? (
            <Badge tone="info" title={formatMoment(override.set_at)}>
              {t('setByHandWhen', { when: formatAgo(override.set_at) })}
            </Badge>
          ) : (
            evidence && <span>{t('from', { source: evidence.source })}</span>
          )}
          {override && said && (
            <span className="min-w-0 break-words">
              {t('overProvider', { value: spoken(said.value) || said.raw })}
            </span>
          )}
          {evidence?.is_conflict && !override && (
            <Badge tone="warn" title={t('conflictHint')}>
              {t('conflict')}
            </Badge>
          )}
        </p>
        {evidence && said && (
          <Evidence
            field={field}
            evidence={evidence}
            isByHand={override !== undefined}
            lookups={story.lookups}
          />
        )}
      </div>
      <OverrideDialog
        domain={story.domain}
        fields={[field]}
        value={value}
        override={override?.value ?? null}
        trigger={
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={t('edit', { field: fieldWord(field) })}
            title={t('edit', { field: fieldWord(field) })}
          >
            <Pencil aria-hidden />
          </Button>
        }
      />
    </li>
  )
}

/** What providers said about fields that show nothing. */
function Unresolved({ observations }: { observations: readonly ObservationOut[] }) {
  if (observations.length === 0) return null
  return (
    <details className="mt-3 rounded-md border px-3 py-2">
      <summary className="cursor-pointer font-medium text-[0.8125rem]">
        {t('unresolved')} <span className="figures text-faint">{observations.length}</span>
      </summary>
      <p className="mt-1 text-faint text-xs">{t('unresolvedHint')}</p>
      <ul className="mt-2 flex flex-col gap-1.5 text-xs">
        {observations.map((each) => (
          <li key={`${each.field} ${each.lookup_id}`} className="min-w-0 break-words">
            <span className="text-muted">{fieldWord(each.field)}: </span>
            {spoken(each.value) || `${each.raw} (${t('unread')})`}{' '}
            <span className="text-faint">{t('from', { source: each.source })}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}
