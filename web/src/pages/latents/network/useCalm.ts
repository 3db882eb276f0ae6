import { useEffect, useState } from "react"

/** Held arrow keys pass a channel in less time; a single press waits for no longer. */
export const WALKING_MS = 90

/** What a value settles on: held keys and sliders ask once, when they come to rest. */
export function useCalm<T>(value: T, milliseconds: number): T {
  const [calm, setCalm] = useState(value)
  const key = JSON.stringify(value)
  useEffect(() => {
    const timer = setTimeout(() => { setCalm(JSON.parse(key) as T) }, milliseconds)
    return () => { clearTimeout(timer) }
  }, [key, milliseconds])
  return calm
}
