import { useCallback, useEffect, useState } from "react"

const ASK_MS = 1400 // the pictures alone, as they were shown
const TELL_MS = 2600 // then the answer and what it changed

export interface Player {
  isPlaying: boolean
  /** Whether the round at hand still keeps its answer back. */
  isAsking: boolean
  toggle: () => void
  stop: () => void
}

export function wantsStillness(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches
}

/** Goes from round to round by itself: shows what was asked, then what was answered. Ends at the last. */
export function usePlayer(here: number, count: number, onGo: (position: number) => void): Player {
  const [isPlaying, setPlaying] = useState(false)
  const [isAsking, setAsking] = useState(false)
  useEffect(() => {
    if (!isPlaying) return
    const step = () => {
      if (isAsking) setAsking(false)
      else if (here + 1 < count) {
        setAsking(true)
        onGo(here + 1)
      } else setPlaying(false)
    }
    const timer = setTimeout(step, isAsking ? ASK_MS : TELL_MS)
    return () => { clearTimeout(timer) }
  }, [isPlaying, isAsking, here, count, onGo])
  const stop = useCallback(() => {
    setPlaying(false)
    setAsking(false)
  }, [])
  const toggle = () => {
    if (isPlaying) {
      stop()
      return
    }
    onGo(here + 1 < count ? here : 0)
    setAsking(true)
    setPlaying(true)
  }
  return { isPlaying, isAsking, toggle, stop }
}
