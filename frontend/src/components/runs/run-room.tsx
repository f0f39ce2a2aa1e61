'use client'

import dynamic from 'next/dynamic'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { CompanyDrawer } from '@/components/company/company-drawer'
import { useOpenCompany } from '@/components/company/use-open-company'
import type { ShowRows } from '@/components/pictures/bars-of'
import { RecordsTable } from '@/components/records/records-table'
import { NO_FILTER, useRecordsView } from '@/components/records/view'
import { Skeleton } from '@/components/ui/skeleton'
import { Tabs } from '@/components/ui/tabs'
import type { RunShownOut } from '@/lib/api/generated'
import { t as tp } from '@/messages/pictures'
import { t } from '@/messages/records'
import { t as tr } from '@/messages/run'

const RunPictures = dynamic(
  () => import('@/components/pictures/run-pictures').then((module) => module.RunPictures),
  { ssr: false, loading: () => <Skeleton className="h-96" /> },
)

const TABS = ['records', 'pictures'] as const

/** The headers of a run's own columns, with those of surplus cells behind them. */
const originalsOf = ({ columns, extra_columns: surplus }: RunShownOut): string[] => [
  ...columns,
  ...Array.from({ length: surplus }, (_, place) => t('extra', { number: place + 1 })),
]

/** What is seen below a run's progress: its rows, or its pictures. */
export function RunRoom({ run }: { run: RunShownOut }) {
  const [tab, setTab] = useQueryState('tab', parseAsStringLiteral(TABS).withDefault('records'))
  const [, setView] = useRecordsView()
  const { open } = useOpenCompany()
  const showRows: ShowRows = (filter) => {
    void setTab(null)
    void setView({ ...NO_FILTER, ...filter })
  }
  return (
    <>
      <Tabs
        value={tab}
        onChange={(next) => void setTab(next)}
        label={tr('tabs')}
        className="flex min-h-0 flex-col lg:min-h-64 lg:flex-1"
        panelClassName="min-h-0 pt-3 lg:flex-1"
        tabs={[
          {
            value: 'records',
            label: tr('tabRecords'),
            panel: (
              <div className="flex h-[70dvh] min-h-80 flex-col lg:h-full">
                <RecordsTable run={run} originals={originalsOf(run)} onOpen={open} />
              </div>
            ),
          },
          {
            value: 'pictures',
            label: tp('tab'),
            panel: (
              <div className="h-full lg:overflow-y-auto">
                <RunPictures run={run} onShowRows={showRows} />
              </div>
            ),
          },
        ]}
      />
      <CompanyDrawer />
    </>
  )
}
