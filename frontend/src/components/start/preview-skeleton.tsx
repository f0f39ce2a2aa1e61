import { LoadingState } from '@/components/state/loading-state'
import { Skeleton } from '@/components/ui/skeleton'

export function PreviewSkeleton() {
  return (
    <LoadingState className="grid gap-4 xl:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="flex flex-col gap-4">
        <Skeleton className="h-32" />
        <Skeleton className="h-28" />
        <Skeleton className="h-80" />
      </div>
      <Skeleton className="h-72" />
    </LoadingState>
  )
}
