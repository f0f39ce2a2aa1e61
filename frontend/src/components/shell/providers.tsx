'use client'

import '@/lib/api/client'
import { CSPProvider } from '@base-ui/react/csp-provider'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import { type ReactNode, Suspense, useState, useSyncExternalStore } from 'react'
import { toastQueue } from '@/components/ui/toast'
import { asProblem } from '@/lib/api/problem'
import { token } from '@/lib/api/token'
import { t } from '@/messages/shell'

const ToastList = dynamic(() => import('@/components/ui/toast-list').then((module) => module.ToastList), {
  ssr: false,
})
const TokenDialog = dynamic(() => import('./token-dialog').then((module) => module.TokenDialog), {
  ssr: false,
})

const MAX_TRIES = 2

// A refusal stays one however often it is asked; a server that does not answer may be back in a moment.
const isWorthAnotherTry = (failures: number, error: unknown): boolean => {
  const { status } = asProblem(error)
  return failures < MAX_TRIES && (status === 0 || status >= 500)
}

const newClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: { staleTime: 10_000, retry: isWorthAnotherTry, refetchOnWindowFocus: false },
      mutations: { retry: false },
    },
  })

const never = () => false

function Overlays() {
  const isTokenAsked = useSyncExternalStore(token.subscribe, token.isAsked, never)
  const hasSpoken = useSyncExternalStore(toastQueue.subscribe, toastQueue.hasSpoken, never)
  return (
    <>
      {isTokenAsked && <TokenDialog />}
      {hasSpoken && <ToastList closeLabel={t('dismiss')} />}
    </>
  )
}

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(newClient)
  return (
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={client}>
        <NuqsAdapter>
          <Suspense>{children}</Suspense>
        </NuqsAdapter>
        <Overlays />
      </QueryClientProvider>
    </CSPProvider>
  )
}
