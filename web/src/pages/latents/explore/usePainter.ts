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

interface Painting {
  /** None while it is made, or if it could not be. */
  painter: Painter | null
  /** Of the canvas: one can be drawn on in one way only, and not at all once the graphics card has let it go. */
  key: string
  /** Why no map can be drawn; a flat one is drawn without the graphics card before it comes to that. */
  fault: unknown
  tryAgain: () => void
}

/** A painter on a canvas: made anew when the graphics card lets go of it, and a plain one where that card draws nothing. */
export function usePainter(canvas: RefObject<HTMLCanvasElement | null>, wanted: Kind, listeners: Listeners): Painting {
  const [made, setMade] = useState<{ key: string; painter: Painter | null; fault: unknown } | null>(null)
  const [failed, setFailed] = useState(false)
  const [lost, setLost] = useState(0)
  const kind = failed && wanted === "gpu" ? "plain" : wanted
  const key = `${kind} ${String(lost)}`
  const heard = useRef(listeners)
  useEffect(() => { heard.current = listeners })
  useEffect(() => {
    const sheet = canvas.current
    let painter: Painter | null = null
    let isGone = false
    const remake = () => { setLost((times) => times + 1) }
    sheet?.addEventListener("webglcontextlost", remake)
    maker(kind).then((make) => {
      if (isGone || !sheet) return
      painter = make(sheet, {
        onView: () => { heard.current.onView() },
        onHover: (row) => { heard.current.onHover(row) },
        onPick: (row) => { heard.current.onPick(row) },
      })
      setMade({ key, painter, fault: null })
    }).catch((fault: unknown) => {
      if (isGone) return
      if (kind === "gpu") setFailed(true)
      else setMade({ key, painter: null, fault })
    })
    return () => {
      isGone = true
      sheet?.removeEventListener("webglcontextlost", remake)
      painter?.destroy()
      setMade(null)
    }
  }, [canvas, kind, key])
  const { painter = null, fault = null } = made?.key === key ? made : {}
  return { painter, key, fault, tryAgain: () => { setLost((times) => times + 1) } }
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
