'use client'

import { Toast as Base } from '@base-ui/react/toast'
import { CircleAlert, CircleCheck, Info, X } from 'lucide-react'
import { useEffect } from 'react'
import { cn } from '@/lib/cn'
import { buttonClasses } from './button-classes'
import { popupClasses } from './popup'
import { type Said, type ToastKind, toastQueue } from './toast'

const LOOKS = {
  good: { icon: CircleCheck, colour: 'text-good-ink' },
  bad: { icon: CircleAlert, colour: 'text-bad-ink' },
  info: { icon: Info, colour: 'text-info-ink' },
} as const

const asToast = ({ kind, title, description, action }: Said) => ({
  type: kind,
  title,
  description,
  priority: kind === 'bad' ? ('high' as const) : ('low' as const),
  timeout: kind === 'bad' ? 12_000 : 6_000,
  actionProps: action && { children: action.label, onClick: action.onClick },
})

function List({ closeLabel }: { closeLabel: string }) {
  const { toasts, add } = Base.useToastManager()

  useEffect(() => {
    const show = () => {
      for (const said of toastQueue.takeAll()) add(asToast(said))
    }
    show()
    return toastQueue.subscribe(show)
  }, [add])

  return toasts.map((item) => {
    const { icon: Icon, colour } = LOOKS[(item.type ?? 'info') as ToastKind]
    return (
      <Base.Root key={item.id} toast={item} className={cn(popupClasses, 'flex items-start gap-2.5 p-3')}>
        <Icon className={cn('mt-px size-4 shrink-0', colour)} aria-hidden />
        <Base.Content className="min-w-0 flex-1">
          <Base.Title className="font-medium text-[0.8125rem]" />
          <Base.Description className="mt-0.5 break-words text-muted text-xs" />
          <Base.Action className={cn(buttonClasses({ variant: 'secondary', size: 'sm' }), 'mt-2')} />
        </Base.Content>
        <Base.Close aria-label={closeLabel} className={buttonClasses({ variant: 'ghost', size: 'icon-sm' })}>
          <X aria-hidden />
        </Base.Close>
      </Base.Root>
    )
  })
}

export function ToastList({ closeLabel }: { closeLabel: string }) {
  return (
    <Base.Provider limit={4}>
      <Base.Portal>
        <Base.Viewport className="fixed right-4 bottom-4 z-50 flex w-[calc(100%-2rem)] max-w-sm flex-col gap-2">
          <List closeLabel={closeLabel} />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  )
}
