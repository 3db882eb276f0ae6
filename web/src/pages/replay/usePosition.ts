import { useCallback, useEffect, useState } from "react"
import { wantsStillness } from "./usePlayer"

const HOLD_MS = 900 // while the page scrolls to a round, what it passes doesn't count

/** Which round is in view, and going to another: by the index, the keys, or a link to `#round-n`. */
export function usePosition(indices: number[]): [number, (position: number) => void] {
  const [here, setHere] = useState(() => positionOf(indices, window.location.hash))
  const [heldUntil, setHeldUntil] = useState(0)
  const key = indices.join(" ")
  const go = useCallback((position: number) => {
    const index = key.split(" ")[position]
    const article = document.getElementById(`round-${index ?? ""}`)
    if (article === null) return
    setHere(position)
    setHeldUntil(performance.now() + HOLD_MS)
    article.scrollIntoView({ behavior: wantsStillness() ? "auto" : "smooth", block: "start" })
  }, [key])
  useEffect(() => {
    const asked = document.getElementById(window.location.hash.slice(1))
    asked?.scrollIntoView({ block: "start" })
  }, [])
  useEffect(() => {
    const look = () => {
      if (performance.now() < heldUntil) return
      const tops = key.split(" ").map((index) => document.getElementById(`round-${index}`)?.getBoundingClientRect().top ?? Infinity)
      const passed = tops.findLastIndex((top) => top < window.innerHeight * 0.4)
      setHere(Math.max(0, passed))
    }
    window.addEventListener("scroll", look, { passive: true })
    return () => { window.removeEventListener("scroll", look) }
  }, [key, heldUntil])
  return [here, go]
}

function positionOf(indices: number[], hash: string): number {
  return Math.max(0, indices.indexOf(Number(/^#round-(\d+)$/.exec(hash)?.[1])))
}
