'use client'

import { useQuery } from '@tanstack/react-query'
import { Bookmark, Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { ErrorState } from '@/components/state/error-state'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Popover } from '@/components/ui/popover'
import { toast } from '@/components/ui/toast'
import type { ApiProblem } from '@/lib/api/problem'
import { useDeleteView, useSaveView, viewsQuery } from '@/lib/queries/views'
import { t } from '@/messages/records'
import { queryOf, viewOf } from './saved-view'
import type { RecordsView, SetRecordsView } from './view'

type Props = { view: RecordsView; setView: SetRecordsView }

const refused = (problem: ApiProblem) => toast.bad(problem.title, { description: problem.message })

/** Views kept under a name, and the way to keep this one. */
export function ViewsMenu({ view, setView }: Props) {
  const views = useQuery(viewsQuery('run'))
  const save = useSaveView()
  const remove = useDeleteView()
  const [name, setName] = useState('')
  const [isOpen, setOpen] = useState(false)
  const items = views.data?.items ?? []

  const keep = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() === '') return
    save.mutate(
      { name: name.trim(), scope: 'run', query: queryOf(view) },
      {
        onSuccess: () => {
          setName('')
          toast.good(t('viewSaved'))
        },
        onError: refused,
      },
    )
  }

  return (
    <Popover
      align="end"
      open={isOpen}
      onOpenChange={setOpen}
      title={t('views')}
      trigger={
        <Button>
          <Bookmark aria-hidden />
          <span className="sr-only sm:not-sr-only">{t('views')}</span>
        </Button>
      }
    >
      {views.isError && <ErrorState error={views.error} onRetry={views.refetch} className="py-4" />}
      {views.isSuccess && items.length === 0 && <p className="mb-3 text-muted text-xs">{t('noViews')}</p>}
      {items.length > 0 && (
        <ul className="mb-3 flex flex-col">
          {items.map((item) => (
            <li key={item.id} className="flex items-center gap-1">
              <Button
                variant="ghost"
                className="min-w-0 flex-1 justify-start text-ink"
                onClick={() => {
                  void setView(viewOf(item.query))
                  setOpen(false)
                }}
              >
                <span className="truncate">{item.name}</span>
              </Button>
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label={t('viewDelete', { name: item.name })}
                onClick={() =>
                  remove.mutate(item.id, { onSuccess: () => toast.info(t('viewDeleted')), onError: refused })
                }
              >
                <Trash2 aria-hidden />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <form onSubmit={keep} className="flex items-end gap-2 border-t pt-3">
        <Field label={t('saveView')} className="flex-1">
          <Input
            value={name}
            maxLength={200}
            placeholder={t('viewName')}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </Field>
        <Button type="submit" isBusy={save.isPending} disabled={name.trim() === ''}>
          {t('save')}
        </Button>
      </form>
    </Popover>
  )
}
