'use client'

import { Monitor, Moon, Sun } from 'lucide-react'
import { t } from '@/messages/shell'
import { type Theme, useTheme } from './theme'

const CHOICES = [
  { value: 'light', label: t('themeLight'), icon: Sun },
  { value: 'dark', label: t('themeDark'), icon: Moon },
  { value: 'system', label: t('themeSystem'), icon: Monitor },
] as const

/** Three small radio buttons: light, dark, as the system is. */
export function ThemeSwitch({ name }: { name: string }) {
  const [theme, setTheme] = useTheme()
  return (
    <fieldset className="flex w-fit gap-0.5 rounded-lg border bg-sunken p-0.5">
      <legend className="sr-only">{t('theme')}</legend>
      {CHOICES.map(({ value, label, icon: Icon }) => (
        <label
          key={value}
          title={label}
          className="relative flex size-7 cursor-pointer items-center justify-center rounded-md text-muted hover:text-ink has-checked:bg-surface has-checked:text-ink has-checked:shadow-raised has-focus-visible:outline-2 has-focus-visible:outline-focus"
        >
          <input
            type="radio"
            name={name}
            value={value}
            checked={theme === value}
            onChange={() => setTheme(value as Theme)}
            className="absolute inset-0 cursor-pointer opacity-0"
          />
          <Icon className="size-3.5" aria-hidden />
          <span className="sr-only">{label}</span>
        </label>
      ))}
    </fieldset>
  )
}
