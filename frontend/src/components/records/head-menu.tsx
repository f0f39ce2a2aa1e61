'use client'

import { Menu as Base } from '@base-ui/react/menu'
import {
  ArrowDown,
  ArrowLeft,
  ArrowRight,
  ArrowUp,
  ChevronsLeftRight,
  ChevronsRightLeft,
  EllipsisVertical,
  EyeOff,
  Pin,
  PinOff,
} from 'lucide-react'
import { MenuItem, MenuPopup, MenuSeparator } from '@/components/ui/menu'
import { t } from '@/messages/records'
import type { Placed } from './geometry'
import { type HeadActions, NARROWEST, WIDEST } from './head-cell'

type Props = { placed: Placed; sort: string; actions: HeadActions; tabIndex: number; onClosed: () => void }

const STEP = 40

/** What can be done with a column. It is loaded when it is first asked for, and is open then. */
export function HeadMenu({ placed, sort, actions, tabIndex, onClosed }: Props) {
  const { column, width, isPinned } = placed
  const resize = (by: number) =>
    actions.onResize(column.id, Math.min(Math.max(width + by, NARROWEST), WIDEST))
  return (
    <Base.Root defaultOpen onOpenChangeComplete={(isOpen) => !isOpen && onClosed()}>
      <Base.Trigger
        tabIndex={tabIndex}
        aria-label={t('columnMenu', { name: column.label })}
        className="flex size-6 shrink-0 items-center justify-center rounded bg-hover text-ink"
      >
        <EllipsisVertical className="size-3.5" aria-hidden />
      </Base.Trigger>
      <MenuPopup align="end">
        {column.canSort && (
          <>
            <MenuItem disabled={sort === column.id} onClick={() => actions.onSort(column.id)}>
              <ArrowUp aria-hidden />
              {t('sortUp')}
            </MenuItem>
            <MenuItem disabled={sort === `-${column.id}`} onClick={() => actions.onSort(`-${column.id}`)}>
              <ArrowDown aria-hidden />
              {t('sortDown')}
            </MenuItem>
            <MenuSeparator />
          </>
        )}
        <MenuItem onClick={() => actions.onPin(column.id, !isPinned)}>
          {isPinned ? <PinOff aria-hidden /> : <Pin aria-hidden />}
          {isPinned ? t('unpinColumn') : t('pinColumn')}
        </MenuItem>
        <MenuItem onClick={() => actions.onMove(column.id, -1)}>
          <ArrowLeft aria-hidden />
          {t('moveLeft')}
        </MenuItem>
        <MenuItem onClick={() => actions.onMove(column.id, 1)}>
          <ArrowRight aria-hidden />
          {t('moveRight')}
        </MenuItem>
        <MenuItem closeOnClick={false} onClick={() => resize(STEP)}>
          <ChevronsLeftRight aria-hidden />
          {t('wider')}
        </MenuItem>
        <MenuItem closeOnClick={false} onClick={() => resize(-STEP)}>
          <ChevronsRightLeft aria-hidden />
          {t('narrower')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem onClick={() => actions.onHide(column.id)}>
          <EyeOff aria-hidden />
          {t('hideColumn')}
        </MenuItem>
      </MenuPopup>
    </Base.Root>
  )
}
