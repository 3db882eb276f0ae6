import { useCallback, useState, type Dispatch, type SetStateAction } from "react"

/** Values that outlive a reload. Storage may be switched off or full: then they live as long as the page. */
export function readKept<T>(store: Storage, key: string, fallback: T): T {
  try {
    const text = store.getItem(`pilotage.${key}`)
    return text === null ? fallback : (JSON.parse(text) as T)
  } catch {
    return fallback
  }
}

export function keep(store: Storage, key: string, value: unknown): void {
  try {
    if (value === undefined) store.removeItem(`pilotage.${key}`)
    else store.setItem(`pilotage.${key}`, JSON.stringify(value))
  } catch {
    // nothing to be done: the page goes on with what it holds
  }
}

/** State that outlives a reload, under a key; set to a value, or to what a function makes of the newest one. */
export function useKept<T>(store: Storage, key: string, fallback: T): [T, Dispatch<SetStateAction<T>>] {
  const [value, setValue] = useState(() => readKept(store, key, fallback))
  const [boundTo, setBoundTo] = useState(key)
  let current = value
  if (boundTo !== key) {
    current = readKept(store, key, fallback)
    setBoundTo(key)
    setValue(current)
  }
  const set = useCallback(
    (next: SetStateAction<T>) => {
      setValue((now) => {
        const value = typeof next === "function" ? (next as (now: T) => T)(now) : next
        keep(store, key, value) // kept twice it is the same
        return value
      })
    },
    [store, key],
  )
  return [current, set]
}
