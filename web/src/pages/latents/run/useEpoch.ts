import { useNavigate, useSearch } from "@tanstack/react-router"
import { useCallback, useEffect, useState } from "react"

const STEP_MS = 700

export interface EpochCursor {
  /** The one that is shown; null before the first. */
  epoch: number | null
  last: number | null
  /** Whether the newest is shown, whatever comes. */
  isFollowing: boolean
  isPlaying: boolean
  go: (epoch: number | null) => void
  play: () => void
}

/** Which epoch the page shows. It stands in the address; without one, the newest is followed. */
export function useEpoch(epochs: readonly number[]): EpochCursor {
  const { epoch: wanted } = useSearch({ from: "/latents/runs/$runId" })
  const navigate = useNavigate({ from: "/latents/runs/$runId" })
  const [isPlaying, setPlaying] = useState(false)
  const last = epochs.at(-1) ?? null
  const epoch = wanted === undefined ? last : (epochs.findLast((one) => one <= wanted) ?? epochs[0] ?? null)
  const go = useCallback((next: number | null) => {
    void navigate({ search: (before) => ({ ...before, epoch: next ?? undefined }), replace: true, resetScroll: false })
  }, [navigate])
  const isAtEnd = wanted === undefined || epoch === last
  useEffect(() => {
    if (!isPlaying) return
    const timer = setTimeout(() => {
      const next = epochs.find((one) => one > (epoch ?? 0))
      if (next === undefined || next === last) setPlaying(false)
      if (next !== undefined) go(next === last ? null : next)
    }, STEP_MS)
    return () => { clearTimeout(timer) }
  }, [isPlaying, epoch, epochs, last, go])
  const play = () => {
    if (!isPlaying && isAtEnd) go(epochs[0] ?? null)
    setPlaying(!isPlaying)
  }
  return { epoch, last, isFollowing: wanted === undefined, isPlaying, go: (next) => { setPlaying(false); go(next) }, play }
}
