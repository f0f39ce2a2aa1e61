import { useEffect, useRef, useState } from 'react'

/** The value, at most once in `ms` milliseconds: the first at once, the last in any case. */
export function useThrottled<V>(value: V, ms: number): V {
  const [shown, setShown] = useState(value)
  const shownAt = useRef(0)

  useEffect(() => {
    const since = Date.now() - shownAt.current
    const show = () => {
      shownAt.current = Date.now()
      setShown(value)
    }
    const timer = setTimeout(show, Math.max(0, ms - since))
    return () => clearTimeout(timer)
  }, [value, ms])

  return shown
}
