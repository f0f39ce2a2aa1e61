'use client'

import { useQuery } from '@tanstack/react-query'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { SandboxBadge } from '@/components/state/sandbox-badge'
import { Button } from '@/components/ui/button'
import { Card, CardHead } from '@/components/ui/card'
import { Checkbox } from '@/components/ui/checkbox'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import type { PreviewOut, PreviewStep, ProviderOut } from '@/lib/api/generated'
import { formatCreditRange, formatCredits, formatNumber } from '@/lib/format/numbers'
import { formatDuration } from '@/lib/format/times'
import { providersQuery } from '@/lib/queries/providers'
import { t } from '@/messages/start'
import { fieldWord } from '@/messages/words'
import type { SetStartOptions, StartOptions } from './options'

type Props = { preview: PreviewOut; options: StartOptions; setOptions: SetStartOptions }

const moved = (names: readonly string[], from: number, to: number): string[] => {
  const next = [...names]
  const [name] = next.splice(from, 1)
  if (name !== undefined) next.splice(to, 0, name)
  return next
}

/** The waterfall: who is asked, in which order, and what that takes at best and at worst. */
export function PlanCard({ preview, setOptions }: Props) {
  const providers = useQuery(providersQuery())
  const waterfall = preview.waterfall
  const others = (providers.data?.items ?? []).filter(({ name }) => !waterfall.includes(name))
  const set = (names: string[]) => setOptions({ waterfall: names })
  return (
    <Card>
      <CardHead title={t('plan')} hint={t('planHint')} />
      <Table>
        <thead>
          <tr>
            <Th className="w-10">{t('step')}</Th>
            <Th>{t('provider')}</Th>
            <Th className="h-auto whitespace-normal py-1.5 text-right">{t('questions')}</Th>
            <Th className="h-auto whitespace-normal py-1.5 text-right">{t('calls')}</Th>
            <Th className="h-auto whitespace-normal py-1.5 text-right">{t('time')}</Th>
            <Th className="h-auto whitespace-normal py-1.5 text-right">
              {t('cost')}
              <span className="block font-normal">{t('bestWorst')}</span>
            </Th>
            <Th className="w-20">
              <span className="sr-only">{t('order')}</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {preview.steps.map((step, place) => (
            <Step
              key={step.provider}
              step={step}
              isFirst={place === 0}
              isLast={place === waterfall.length - 1}
              isOnly={waterfall.length === 1}
              onMove={(by) => set(moved(waterfall, place, place + by))}
              onLeave={() => set(waterfall.filter((name) => name !== step.provider))}
            />
          ))}
          {others.map((provider) => (
            <Unused
              key={provider.name}
              provider={provider}
              onUse={() => set([...waterfall, provider.name])}
            />
          ))}
        </tbody>
        <tfoot>
          <tr className="font-semibold">
            <Td colSpan={5}>{t('total')}</Td>
            <Td className="figures text-right">
              {formatCreditRange(preview.credits.best, preview.credits.worst)}
            </Td>
            <Td />
          </tr>
        </tfoot>
      </Table>
    </Card>
  )
}

type StepProps = {
  step: PreviewStep
  isFirst: boolean
  isLast: boolean
  isOnly: boolean
  onMove: (by: 1 | -1) => void
  onLeave: () => void
}

function Step({ step, isFirst, isLast, isOnly, onMove, onLeave }: StepProps) {
  const name = step.provider
  return (
    <Tr>
      <Td className="figures text-center text-faint">{step.step}</Td>
      <Td>
        <div className="flex flex-wrap items-center gap-2">
          <Checkbox checked disabled={isOnly} onChange={onLeave} aria-label={t('use', { name })} />
          <span className="font-medium">{name}</span>
          {step.is_sandbox && <SandboxBadge />}
        </div>
        <p
          className="max-w-44 truncate pl-6 2xl:max-w-md text-faint text-xs"
          title={step.fields.map(fieldWord).join(', ')}
        >
          {step.fields.map(fieldWord).join(', ')}
        </p>
      </Td>
      <Td className="figures text-right">{formatNumber(step.questions.match)}</Td>
      <Td className="figures text-right">{formatNumber(step.calls_at_most)}</Td>
      <Td className="figures text-right">
        {step.minutes_at_most === null ? '–' : formatDuration(step.minutes_at_most * 60)}
      </Td>
      <Td className="figures text-right">
        {step.credits.worst === 0 ? t('free') : formatCreditRange(step.credits.best, step.credits.worst)}
        {step.credits.worst > 0 && (
          <span className="block text-faint text-xs">
            {t('price')}: {formatCredits(step.price.match + step.price.enrich)}
          </span>
        )}
      </Td>
      <Td>
        <div className="flex justify-end">
          <Button
            variant="ghost"
            size="icon-sm"
            disabled={isFirst}
            aria-label={t('moveUp', { name })}
            onClick={() => onMove(-1)}
          >
            <ArrowUp aria-hidden />
          </Button>
          <Button
            variant="ghost"
            size="icon-sm"
            disabled={isLast}
            aria-label={t('moveDown', { name })}
            onClick={() => onMove(1)}
          >
            <ArrowDown aria-hidden />
          </Button>
        </div>
      </Td>
    </Tr>
  )
}

function Unused({ provider, onUse }: { provider: ProviderOut; onUse: () => void }) {
  const { name, is_on: isOn, reason, fix } = provider
  return (
    <Tr>
      <Td />
      <Td colSpan={6}>
        <div className="flex flex-wrap items-center gap-2 text-muted">
          <Checkbox checked={false} disabled={!isOn} onChange={onUse} aria-label={t('use', { name })} />
          <span className="font-medium">{name}</span>
          {!isOn && (
            <span className="text-xs">
              {t('off')}: {[reason, fix].filter(Boolean).join('. ')}
            </span>
          )}
        </div>
      </Td>
    </Tr>
  )
}
