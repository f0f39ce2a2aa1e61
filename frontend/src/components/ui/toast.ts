// Says in the corner what happened. The list itself is loaded with the first thing that is said.

export type ToastKind = 'good' | 'bad' | 'info'
export type ToastOptions = { description?: string; action?: { label: string; onClick: () => void } }
export type Said = ToastOptions & { kind: ToastKind; title: string }

const unread: Said[] = []
const listeners = new Set<() => void>()
let hasSpoken = false

const say =
  (kind: ToastKind) =>
  (title: string, options: ToastOptions = {}) => {
    unread.push({ kind, title, ...options })
    hasSpoken = true
    for (const listener of listeners) listener()
  }

/** An error stays longer and is read out at once. */
export const toast = { good: say('good'), bad: say('bad'), info: say('info') }

export const toastQueue = {
  takeAll: (): Said[] => unread.splice(0),
  hasSpoken: (): boolean => hasSpoken,
  subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}
