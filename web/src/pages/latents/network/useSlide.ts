import { useEffect, useState } from "react"
import type { Cell } from "./answers"

const PACE_MS = 450

/** Walks cell by cell to the end of a row, each step once the former one is there to be read. */
export function useSlide(at: Cell | null, width: number, isReady: boolean, onMove: (to: Cell) => void) {
  const [row, setRow] = useState<number | null>(null)
  const isSliding = row !== null && at?.y === row && at.x < width - 1
  useEffect(() => {
    if (!isSliding || !isReady || !at) return
    const timer = setTimeout(() => { onMove({ x: at.x + 1, y: at.y }) }, PACE_MS)
    return () => { clearTimeout(timer) }
  })
  const toggle = () => {
    setRow(isSliding || !at ? null : at.y)
    if (!isSliding && at?.x === width - 1) onMove({ x: 0, y: at.y })
  }
  return { isSliding, toggle }
}
