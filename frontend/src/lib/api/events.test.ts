import { describe, expect, it } from 'vitest'
import { EventParser, type ServerEvent } from './events'

const read = (...parts: string[]): ServerEvent[] => {
  const parser = new EventParser()
  return parts.flatMap((part) => parser.push(part))
}

describe('server-sent events', () => {
  it('come whole however the stream is cut', () => {
    const text =
      'event: run\nid: 7\ndata: {"state":"running"}\n\n: still here\n\nevent: end\nid: 8\ndata: {}\n\n'
    const whole = read(text)
    expect(whole).toEqual([
      { event: 'run', id: '7', data: '{"state":"running"}' },
      { event: 'end', id: '8', data: '{}' },
    ])
    expect(read(...text)).toEqual(whole)
  })

  it('may end their lines with CR LF, cut in between', () => {
    expect(read('data: a\r', '\ndata: b\r\n\r', '\n')).toEqual([{ event: 'message', id: null, data: 'a\nb' }])
  })

  it('are not made of comments', () => {
    expect(read(': still here\n\n')).toEqual([])
  })

  it('wait for their end', () => {
    expect(read('data: a\n')).toEqual([])
  })
})
