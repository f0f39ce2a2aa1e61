import { SandboxBadge } from '@/components/state/sandbox-badge'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import type { ProviderShare } from '@/lib/api/generated'
import { formatCredits, formatNumber } from '@/lib/format/numbers'
import { t } from '@/messages/pictures'

/** What each provider of the waterfall added and cost. */
export function ProviderTable({ providers }: { providers: readonly ProviderShare[] }) {
  return (
    <Table>
      <thead>
        <tr>
          <Th>{t('provider')}</Th>
          <Th className="text-right">{t('companies')}</Th>
          <Th className="text-right">{t('alone')}</Th>
          <Th className="text-right">{t('calls')}</Th>
          <Th className="text-right">{t('creditsShort')}</Th>
        </tr>
      </thead>
      <tbody>
        {providers.map((each) => (
          <Tr key={each.provider}>
            <Td>
              <span className="flex items-center gap-2">
                {each.provider}
                {each.is_sandbox && <SandboxBadge />}
              </span>
            </Td>
            <Td className="figures text-right">{formatNumber(each.companies)}</Td>
            <Td className="figures text-right">{formatNumber(each.alone)}</Td>
            <Td className="figures text-right">{formatNumber(each.calls)}</Td>
            <Td className="figures text-right">{formatCredits(each.credits)}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  )
}
