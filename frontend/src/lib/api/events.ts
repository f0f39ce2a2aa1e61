// Server-sent events read by fetch: EventSource cannot send the token's header.

import { apiAddress } from './address'
import { problemOf } from './problem'
import { token, tokenHeader } from './token'

export type ServerEvent = { event: string; data: string; id: string | null }

/** Cuts a stream of text into events. A comment, and an event without data, is left out. */
export class EventParser {
  private rest = ''
  private event = ''
  private data: string[] = []
  private id: string | null = null

  push(text: string): ServerEvent[] {
    const found: ServerEvent[] = []
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/)
    this.rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line === '') this.end(found)
      else this.take(line)
    }
    return found
  }

  private take(line: string): void {
    const colon = line.indexOf(':')
    if (colon === 0) return
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'event') this.event = value
    else if (name === 'data') this.data.push(value)
    else if (name === 'id') this.id = value
  }

  private end(found: ServerEvent[]): void {
    if (this.data.length > 0)
      found.push({ event: this.event || 'message', data: this.data.join('\n'), id: this.id })
    this.event = ''
    this.data = []
  }
}

type Options = { signal: AbortSignal; lastId?: string | null; onEvent: (event: ServerEvent) => void }

/** Reads the events below `path` (such as `/v1/runs/ID/events`) until they end. Throws ApiProblem on a refusal. */
export async function readEvents(path: string, { signal, lastId, onEvent }: Options): Promise<void> {
  const headers: Record<string, string> = { Accept: 'text/event-stream', ...tokenHeader() }
  if (lastId) headers['Last-Event-ID'] = lastId
  const answer = await fetch(apiAddress() + path, { headers, signal, cache: 'no-store' })
  if (!answer.ok || !answer.body) {
    if (answer.status === 401) token.ask()
    throw problemOf(answer.status, await answer.json().catch(() => null))
  }
  const parser = new EventParser()
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    for (const event of parser.push(value)) onEvent(event)
  }
}
