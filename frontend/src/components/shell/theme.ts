// Light, dark, or as the system is. The first paint is right because a script in the page's head runs before it.

import { useSyncExternalStore } from 'react'
import { THEME_KEY } from './theme-script'

export type Theme = 'light' | 'dark' | 'system'

const listeners = new Set<() => void>()
const systemIsDark = () => window.matchMedia('(prefers-color-scheme: dark)')

function current(): Theme {
  const kept = window.localStorage.getItem(THEME_KEY)
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

function apply(): void {
  const theme = current()
  const isDark = theme === 'dark' || (theme === 'system' && systemIsDark().matches)
  document.documentElement.classList.toggle('dark', isDark)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  const system = systemIsDark()
  if (listeners.size === 0) system.addEventListener('change', apply)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) system.removeEventListener('change', apply)
  }
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const theme = useSyncExternalStore(subscribe, current, () => 'system' as const)
  return [
    theme,
    (next) => {
      if (next === 'system') window.localStorage.removeItem(THEME_KEY)
      else window.localStorage.setItem(THEME_KEY, next)
      apply()
    },
  ]
}
