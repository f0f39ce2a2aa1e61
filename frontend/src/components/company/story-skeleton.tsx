import { LoadingState } from '@/components/state/loading-state'
import { Skeleton } from '@/components/ui/skeleton'

export function StorySkeleton() {
  return (
    <LoadingState className="flex flex-col gap-3 p-4">
      <Skeleton className="h-6 w-56" />
      <Skeleton className="h-4 w-80 max-w-full" />
      {Array.from({ length: 8 }, (_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: eight alike, in no order.
        <Skeleton key={place} className="h-11" />
      ))}
    </LoadingState>
  )
}
