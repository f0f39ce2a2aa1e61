import { TriangleAlert } from 'lucide-react'
import type { PreviewOut } from '@/lib/api/generated'

export function Warnings({ warnings }: { warnings: PreviewOut['warnings'] }) {
  if (warnings.length === 0) return null
  return (
    <ul className="flex flex-col gap-1.5">
      {warnings.map((warning) => (
        <li
          key={warning.kind + warning.message}
          className="flex items-start gap-2 rounded-lg bg-warn-ground px-3 py-2 text-warn-ink"
        >
          <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
          <span className="min-w-0 break-words">{warning.message}</span>
        </li>
      ))}
    </ul>
  )
}
