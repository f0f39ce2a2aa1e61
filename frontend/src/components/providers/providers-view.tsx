'use client'

import { useQuery } from '@tanstack/react-query'
import { PageBody, PageHead } from '@/components/shell/page'
import { ErrorState } from '@/components/state/error-state'
import { LoadingState } from '@/components/state/loading-state'
import { Skeleton } from '@/components/ui/skeleton'
import { providersQuery } from '@/lib/queries/providers'
import { t } from '@/messages/providers'
import { ProviderCard } from './provider-card'

const LOOK_MS = 5_000

/** Every provider: whether it is on, what it may be asked a minute, and what it has cost. */
export function ProvidersView() {
  const providers = useQuery({ ...providersQuery(), refetchInterval: LOOK_MS })
  return (
    <>
      <PageHead title={t('title')} hint={t('hint')} />
      <PageBody>
        {providers.isPending && (
          <LoadingState className="grid gap-4 xl:grid-cols-2">
            <Skeleton className="h-80" />
            <Skeleton className="h-80" />
          </LoadingState>
        )}
        {providers.isError && !providers.data && (
          <ErrorState error={providers.error} onRetry={providers.refetch} />
        )}
        <ul className="grid items-start gap-4 xl:grid-cols-2">
          {providers.data?.items.map((provider) => (
            <li key={provider.name}>
              <ProviderCard provider={provider} />
            </li>
          ))}
        </ul>
      </PageBody>
    </>
  )
}
