import { CircleAlert } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { asProblem } from '@/lib/api/problem'
import { cn } from '@/lib/cn'
import { t } from '@/messages/shell'

type Props = { error: unknown; onRetry?: () => void; className?: string }

/** What went wrong, where, and what to do, in the place of what could not be shown. */
export function ErrorState({ error, onRetry, className }: Props) {
  const problem = asProblem(error)
  return (
    <div role="alert" className={cn('flex flex-col items-center gap-2 px-6 py-12 text-center', className)}>
      <CircleAlert className="size-6 text-bad-ink" aria-hidden />
      <p className="font-semibold">{problem.title}</p>
      <p className="max-w-prose break-words text-muted">{problem.message}</p>
      {problem.fields.length > 0 && (
        <ul className="max-w-prose text-left text-muted text-xs">
          {problem.fields.map((field) => (
            <li key={field.field}>
              <code className="font-mono">{field.field}</code>: {field.message}
            </li>
          ))}
        </ul>
      )}
      {onRetry && (
        <Button className="mt-2" onClick={onRetry}>
          {t('tryAgain')}
        </Button>
      )}
    </div>
  )
}
