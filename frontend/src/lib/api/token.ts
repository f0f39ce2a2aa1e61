// The API's token, kept for this tab only and asked for when the API answers 401.

const KEY = 'firmograph-token'
const listeners = new Set<() => void>()
let isAsked = false

const tell = () => {
  for (const listener of listeners) listener()
}

export const token = {
  get: (): string | null => (typeof window === 'undefined' ? null : window.sessionStorage.getItem(KEY)),
  set(value: string): void {
    window.sessionStorage.setItem(KEY, value)
    isAsked = false
    tell()
  },
  forget(): void {
    window.sessionStorage.removeItem(KEY)
    tell()
  },
  ask(): void {
    if (isAsked) return
    isAsked = true
    tell()
  },
  isAsked: (): boolean => isAsked,
  subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}

/** The header that carries the token; empty when there is none. */
export function tokenHeader(): Record<string, string> {
  const value = token.get()
  return value ? { Authorization: `Bearer ${value}` } : {}
}
