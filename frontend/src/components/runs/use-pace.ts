import { useRef } from 'react'
import type { RunOut } from '@/lib/api/generated'
import { perMinute, type Sample, secondsLeft, withSample } from '@/lib/format/pace'

/** How fast the run goes and how many seconds it still takes, from what this page has seen of it. */
export function usePace({ version, counts }: RunOut) {
  const samples = useRef<readonly Sample[]>([])
  const seen = useRef(-1)
  if (seen.current !== version) {
    seen.current = version
    samples.current = withSample(samples.current, { at: Date.now(), done: counts.targets - counts.pending })
  }
  return {
    perMinute: perMinute(samples.current),
    secondsLeft: secondsLeft(samples.current, counts.pending),
  }
}
