// Files that the API streams. Without a token the browser saves them as they come; with one, which a link cannot send,
// they are read by fetch and saved piece by piece where the browser can, else when they are whole.

import { apiAddress } from './address'
import { problemOf } from './problem'
import { token, tokenHeader } from './token'

export type Progress = (bytes: number) => void

function saveAs(href: string, name: string): void {
  const link = document.createElement('a')
  link.href = href
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
}

type Writer = {
  write: (part: Uint8Array) => Promise<void>
  close: () => Promise<void>
  abort: () => Promise<void>
}
type Picker = (options: { suggestedName: string }) => Promise<{ createWritable: () => Promise<Writer> }>

async function writerFor(name: string): Promise<Writer | null> {
  const pick = (window as unknown as { showSaveFilePicker?: Picker }).showSaveFilePicker
  return pick ? (await pick({ suggestedName: name })).createWritable() : null
}

async function pump(
  body: ReadableStream<Uint8Array>,
  take: (part: Uint8Array) => Promise<void>,
  onProgress: Progress,
) {
  const reader = body.getReader()
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    await take(value)
    bytes += value.byteLength
    onProgress(bytes)
  }
}

/** Saves what `path` (with its query) answers under `name`. Throws ApiProblem on a refusal. */
export async function download(path: string, name: string, onProgress: Progress = () => {}): Promise<void> {
  const address = apiAddress() + path
  if (!token.get()) {
    saveAs(address, name)
    return
  }
  const writer = await writerFor(name)
  const answer = await fetch(address, { headers: tokenHeader() })
  if (!answer.ok || !answer.body) {
    await writer?.abort()
    if (answer.status === 401) token.ask()
    throw problemOf(answer.status, await answer.json().catch(() => null))
  }
  if (writer) {
    await pump(answer.body, (part) => writer.write(part), onProgress)
    await writer.close()
    return
  }
  const parts: BlobPart[] = []
  await pump(answer.body, async (part) => void parts.push(part as BlobPart), onProgress)
  const href = URL.createObjectURL(new Blob(parts))
  saveAs(href, name)
  URL.revokeObjectURL(href)
}
