'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { PageBody, PageHead } from '@/components/shell/page'
import { ThemeSwitch } from '@/components/shell/theme-switch'
import { ErrorState } from '@/components/state/error-state'
import { LoadingState } from '@/components/state/loading-state'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card, CardHead } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { toast } from '@/components/ui/toast'
import type { SettingOut, SettingsOut } from '@/lib/api/generated'
import { token } from '@/lib/api/token'
import { settingsQuery } from '@/lib/queries/settings'
import { t } from '@/messages/settings'

/** How the page looks, its token, and the settings that the server runs with; these are read here, not changed. */
export function SettingsView() {
  const settings = useQuery(settingsQuery())
  return (
    <>
      <PageHead title={t('title')} hint={t('hint')} />
      <PageBody className="max-w-5xl">
        <PageCard isTokenNeeded={settings.data?.is_token_needed ?? false} />
        {settings.isPending && (
          <LoadingState>
            <Skeleton className="h-96" />
          </LoadingState>
        )}
        {settings.isError && <ErrorState error={settings.error} onRetry={settings.refetch} />}
        {settings.data && <ServerCard settings={settings.data} />}
      </PageBody>
    </>
  )
}

const none = () => null

function PageCard({ isTokenNeeded }: { isTokenNeeded: boolean }) {
  const kept = useSyncExternalStore(token.subscribe, token.get, none)
  const queries = useQueryClient()
  const forget = () => {
    token.forget()
    queries.clear()
    void queries.resetQueries()
    toast.info(t('tokenForgotten'))
  }
  return (
    <Card>
      <CardHead title={t('page')} />
      <dl className="grid grid-cols-[7rem_minmax(0,1fr)] items-center gap-x-3 gap-y-3 px-4 py-3">
        <dt className="text-muted">{t('theme')}</dt>
        <dd>
          <ThemeSwitch name="theme-settings" />
        </dd>
        <dt className="text-muted">{t('token')}</dt>
        <dd className="flex flex-wrap items-center gap-3">
          {kept ? t('tokenKept') : t(isTokenNeeded ? 'tokenWanted' : 'tokenNone')}
          {kept && (
            <Button size="sm" onClick={forget}>
              {t('tokenForget')}
            </Button>
          )}
        </dd>
      </dl>
    </Card>
  )
}

function ServerCard({ settings }: { settings: SettingsOut }) {
  const database = settings.database === 'sqlite' ? t('sqlite') : t('postgresql')
  return (
    <Card>
      <CardHead
        title={t('server')}
        hint={t('serverHint')}
        actions={
          <>
            <Badge>
              {t('version')} {settings.version}
            </Badge>
            <Badge>{database}</Badge>
          </>
        }
      />
      <Table>
        <thead>
          <tr>
            <Th>{t('setting')}</Th>
            <Th>{t('value')}</Th>
            <Th>{t('where')}</Th>
          </tr>
        </thead>
        <tbody>
          {settings.items.map((setting) => (
            <Setting key={setting.name} setting={setting} />
          ))}
        </tbody>
      </Table>
      <p className="px-4 py-3 text-faint text-xs">{t('whereElse')}</p>
    </Card>
  )
}

const whereText = (where: string) =>
  where === 'environment' ? t('environment') : where === 'default' ? t('default') : where

function Setting({ setting }: { setting: SettingOut }) {
  const { name, value, is_set: isSet, is_secret: isSecret, where } = setting
  return (
    <Tr>
      <Td>
        <code className="font-mono text-xs">{name}</code>
      </Td>
      <Td className="figures break-all">
        {value !== null && String(value)}
        {value === null && <span className="text-faint">{t(isSet && isSecret ? 'isSet' : 'notSet')}</span>}
      </Td>
      <Td>
        {where === 'default' ? <span className="text-faint">{whereText(where)}</span> : whereText(where)}
      </Td>
    </Tr>
  )
}
