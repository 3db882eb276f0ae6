import { useEffect, useRef, useState, type RefObject } from "react"
import { flatPlain } from "./painters/flatPlain"
import { hasGpu, type Listeners, type Painter, type Scene } from "./painters/painter"

export type Kind = "gpu" | "plain" | "space"

const gpu = hasGpu()

/** What draws a map of so many dimensions here; without a graphics card only a flat one. */
export function kindFor(dims: 2 | 3): Kind | null {
  if (dims === 3) return gpu ? "space" : null
  return gpu ? "gpu" : "plain"
}

async function maker(kind: Kind): Promise<(canvas: HTMLCanvasElement, listeners: Listeners) => Painter> {
  if (kind === "plain") return flatPlain
  return kind === "gpu" ? (await import("./painters/flatGpu")).flatGpu : (await import("./painters/space")).space
}

/** A painter on a canvas. The canvas is another one for another kind: it can be drawn on in one way only. */
export function usePainter(canvas: RefObject<HTMLCanvasElement | null>, kind: Kind, listeners: Listeners): Painter | null {
  const [painter, setPainter] = useState<{ kind: Kind; painter: Painter } | null>(null)
  const heard = useRef(listeners)
  useEffect(() => { heard.current = listeners })
  useEffect(() => {
    let made: Painter | null = null
    let isGone = false
    void maker(kind).then((make) => {
      if (isGone || !canvas.current) return
      made = make(canvas.current, {
        onView: () => { heard.current.onView() },
        onHover: (row) => { heard.current.onHover(row) },
        onPick: (row) => { heard.current.onPick(row) },
      })
      setPainter({ kind, painter: made })
    })
    return () => {
      isGone = true
      made?.destroy()
      setPainter(null)
    }
  }, [canvas, kind])
  return painter?.kind === kind ? painter.painter : null
}

const MOVES_MS = 420

/** Keeps what a painter shows true; says whether points are on their way. */
export function useScene(painter: Painter | null, scene: Omit<Scene, "marked">, marked: readonly number[]): boolean {
  const [settled, setSettled] = useState<Float32Array | null>(null)
  const marks = useRef(marked)
  const { dims, points, classes, palette, shown } = scene
  useEffect(() => {
    if (!painter) return
    let isStale = false
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches
    const start = performance.now()
    void painter.draw({ dims, points, classes, palette, shown, marked: marks.current }, calm ? 0 : MOVES_MS).then(() => {
      performance.measure("map drawn", { start }) // benchmarks read these
      if (!isStale) setSettled(points)
    })
    return () => { isStale = true }
  }, [painter, dims, points, classes, palette, shown])
  useEffect(() => {
    marks.current = marked
    const start = performance.now()
    painter?.mark(marked)
    performance.measure("map marked", { start })
  }, [painter, marked])
  return settled !== points
}
