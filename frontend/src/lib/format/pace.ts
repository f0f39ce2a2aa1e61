// How fast a run goes and how long it still takes, from what was done at the moments it was seen.

export type Sample = { at: number; done: number }

const WINDOW_MS = 60_000
const SHORTEST_MS = 2_000

/** The samples with a new one, and without those that are older than the window. Less done than before starts anew. */
export function withSample(samples: readonly Sample[], next: Sample): readonly Sample[] {
  const last = samples.at(-1)
  if (last && next.done < last.done) return [next]
  if (last && next.at - last.at < 250) return [...samples.slice(0, -1), { at: last.at, done: next.done }]
  return [...samples.filter((sample) => next.at - sample.at <= WINDOW_MS), next]
}

/** Companies a minute over the window; `null` while too little was seen. */
export function perMinute(samples: readonly Sample[]): number | null {
  const first = samples[0]
  const last = samples.at(-1)
  if (!first || !last || last.at - first.at < SHORTEST_MS) return null
  return ((last.done - first.done) / (last.at - first.at)) * 60_000
}

/** Seconds until `left` are done; `null` while nothing moves. */
export function secondsLeft(samples: readonly Sample[], left: number): number | null {
  const rate = perMinute(samples)
  return rate === null || rate <= 0 ? null : (left / rate) * 60
}
