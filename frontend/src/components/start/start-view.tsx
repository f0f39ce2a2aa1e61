'use client'

import dynamic from 'next/dynamic'
import { PageBody, PageHead } from '@/components/shell/page'
import { Button } from '@/components/ui/button'
import { t } from '@/messages/start'
import { ChooseList } from './choose-list'
import { NO_OPTIONS, useStartOptions } from './options'
import { PreviewSkeleton } from './preview-skeleton'
import { RecentRuns } from './recent-runs'

const Preview = dynamic(() => import('./preview').then((module) => module.Preview), {
  ssr: false,
  loading: () => <PreviewSkeleton />,
})

/** The start page: a list is chosen, then looked at, priced and started. */
export function StartView() {
  const [options, setOptions] = useStartOptions()
  return (
    <>
      <PageHead
        title={t('title')}
        hint={t('hint')}
        actions={options.upload && <Button onClick={() => setOptions(NO_OPTIONS)}>{t('another')}</Button>}
      />
      <PageBody>
        {options.upload ? (
          <Preview key={options.upload} uploadId={options.upload} options={options} setOptions={setOptions} />
        ) : (
          <>
            <ChooseList onUploaded={(upload) => setOptions({ upload })} />
            <RecentRuns />
          </>
        )}
      </PageBody>
    </>
  )
}
