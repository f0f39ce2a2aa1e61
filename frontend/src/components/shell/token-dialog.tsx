'use client'

import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { token } from '@/lib/api/token'
import { t } from '@/messages/shell'

/** Asks for the API's token when the server wants one, and asks everything again that it refused. */
export function TokenDialog() {
  const [value, setValue] = useState('')
  const queries = useQueryClient()

  const send = (event: FormEvent) => {
    event.preventDefault()
    if (!value.trim()) return
    token.set(value.trim())
    void queries.resetQueries()
  }

  return (
    <Dialog
      open
      title={t('tokenTitle')}
      description={t('tokenHint')}
      closeLabel={t('close')}
      canClose={false}
    >
      <form onSubmit={send} className="flex flex-col gap-4">
        <Field label={t('tokenLabel')} error={token.get() ? t('tokenRefused') : undefined}>
          <Input
            type="password"
            autoComplete="off"
            spellCheck={false}
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
        </Field>
        <Button type="submit" variant="primary" className="self-end">
          {t('tokenSend')}
        </Button>
      </form>
    </Dialog>
  )
}
