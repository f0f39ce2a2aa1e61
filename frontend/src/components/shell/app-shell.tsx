'use client'

import { Menu as MenuIcon } from 'lucide-react'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { type ReactNode, useState } from 'react'
import { buttonClasses } from '@/components/ui/button-classes'
import { t } from '@/messages/shell'
import { Logo } from './logo'
import { Nav } from './nav'
import { ThemeSwitch } from './theme-switch'

const NarrowNav = dynamic(() => import('./narrow-nav').then((module) => module.NarrowNav), { ssr: false })

function Brand() {
  return (
    <Link
      href="/"
      className="flex items-center gap-2 rounded-md px-1 font-semibold text-[0.9375rem] tracking-tight"
    >
      <Logo />
      {t('name')}
    </Link>
  )
}

function NarrowBar() {
  const [open, setOpen] = useState<boolean | null>(null)
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-1.5 border-b bg-surface px-3 lg:hidden">
      <button
        type="button"
        aria-label={t('openNavigation')}
        aria-expanded={open ?? false}
        onClick={() => setOpen(true)}
        className={buttonClasses({ variant: 'ghost', size: 'icon' })}
      >
        <MenuIcon aria-hidden />
      </button>
      <Brand />
      {open !== null && <NarrowNav open={open} onOpenChange={setOpen} />}
    </header>
  )
}

/** The frame around every page: navigation at the left, or behind a button where there is no room for it. */
export function AppShell({ children }: { children: ReactNode }) {
  return (
    <>
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 font-medium text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {t('skip')}
      </a>
      <div className="min-h-dvh lg:grid lg:grid-cols-[13rem_minmax(0,1fr)]">
        <aside className="sticky top-0 hidden h-dvh flex-col gap-5 border-r bg-surface px-3 py-3.5 lg:flex">
          <Brand />
          <Nav />
          <div className="mt-auto">
            <ThemeSwitch name="theme" />
          </div>
        </aside>
        <div className="flex min-h-dvh min-w-0 flex-col">
          <NarrowBar />
          <main id="content" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
            {children}
          </main>
        </div>
      </div>
    </>
  )
}
