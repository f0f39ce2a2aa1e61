'use client'

import dynamic from 'next/dynamic'
import { useState } from 'react'
import { useOpenCompany } from './use-open-company'

const CompanySheet = dynamic(() => import('./company-sheet').then((module) => module.CompanySheet), {
  ssr: false,
})

/** The open company beside the list it was opened from. It is loaded with the first that is opened. */
export function CompanyDrawer() {
  const { domain, close } = useOpenCompany()
  const [last, setLast] = useState(domain)
  if (domain !== null && domain !== last) setLast(domain)
  const shown = domain ?? last
  return shown === null ? null : <CompanySheet domain={shown} isOpen={domain !== null} onClose={close} />
}
