// Rows change while a run works. Those that are shown are put in their places as they come; where a search or another
// order is on, a changed row stays where it stands, and the table says that a new look would differ.

import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { RunOut } from '@/lib/api/generated'
import { useThrottled } from '@/lib/use-throttled'
import { recordsKey, takeChanges } from './records'

const WAIT_MS = 1_000

export type RecordChanges = { readonly hasNews: boolean; readonly refresh: () => void }

/** `question` is what the shown rows answer: a new one is answered by the rows as they are now. */
export function useRecordChanges(run: RunOut, question: string): RecordChanges {
  const client = useQueryClient()
  const { id } = run
  const version = useThrottled(run.version, WAIT_MS)
  const seen = useRef({ id, version: run.version })
  const [newsOf, setNewsOf] = useState<string | null>(null)
  const asked = useRef(question)
  asked.current = question
  if (seen.current.id !== id) seen.current = { id, version: run.version }

  useEffect(() => {
    if (version <= seen.current.version) return
    const controller = new AbortController()
    const before = seen.current.version
    takeChanges(client, id, before, controller.signal)
      .then(async (isAll) => {
        seen.current = { id, version }
        setNewsOf(asked.current)
        // Other orders and searches that were looked at before are asked anew when somebody comes back to them.
        client.removeQueries({ queryKey: [...recordsKey(id), 'chain'], type: 'inactive' })
        // More changed than was read: the pages in sight are asked again, and keep their places meanwhile.
        if (!isAll)
          await client.invalidateQueries({ queryKey: [...recordsKey(id), 'page'], refetchType: 'active' })
      })
      .catch(() => {
        // Said where the rows are read; the next change tries again.
      })
    return () => controller.abort()
  }, [client, id, version])

  const refresh = useCallback(() => {
    setNewsOf(null)
    void client.resetQueries({ queryKey: recordsKey(id) })
  }, [client, id])

  return { hasNews: newsOf === question, refresh }
}
