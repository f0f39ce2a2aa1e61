// A run as it changes: by its events, or, where they do not come through, by asking every few seconds.

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { readEvents } from '@/lib/api/events'
import type { RunOut } from '@/lib/api/generated'
import { ApiProblem } from '@/lib/api/problem'
import { hasEnded, keepRun, runQuery } from './runs'

export type Feed = 'events' | 'polling' | 'off'

const POLL_MS = 2_500
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 15_000

const wait = (ms: number, signal: AbortSignal) =>
  new Promise<void>((done) => {
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      done()
    })
  })

type Following = {
  id: string
  signal: AbortSignal
  onRun: (run: RunOut) => void
  onFeed: (feed: Feed) => void
}

/** Reads events until the run has ended or the signal says stop. A broken stream is opened again, later each time. */
async function follow({ id, signal, onRun, onFeed }: Following): Promise<void> {
  let pause = FIRST_WAIT_MS
  while (!signal.aborted) {
    let isOver = false
    try {
      await readEvents(`/v1/runs/${encodeURIComponent(id)}/events`, {
        signal,
        onEvent: ({ event, data }) => {
          onFeed('events')
          pause = FIRST_WAIT_MS
          onRun(JSON.parse(data) as RunOut)
          isOver = event === 'end'
        },
      })
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof ApiProblem && error.status >= 400 && error.status < 500) {
        onFeed('polling')
        return
      }
    }
    if (isOver || signal.aborted) {
      onFeed('off')
      return
    }
    onFeed('polling')
    await wait(pause, signal)
    pause = Math.min(pause * 2, LONGEST_WAIT_MS)
  }
}

/** The run, kept up to date while it is open. */
export function useLiveRun(id: string) {
  const client = useQueryClient()
  const [feed, setFeed] = useState<Feed>('off')
  const run = useQuery({ ...runQuery(id), refetchInterval: feed === 'polling' ? POLL_MS : false })
  const isOpen = run.data !== undefined && !hasEnded(run.data.state)

  useEffect(() => {
    if (!isOpen) return
    const controller = new AbortController()
    void follow({
      id,
      signal: controller.signal,
      onRun: (next) => keepRun(client, next),
      onFeed: setFeed,
    })
    return () => controller.abort()
  }, [client, id, isOpen])

  return { run, feed: isOpen ? feed : ('off' as const) }
}
