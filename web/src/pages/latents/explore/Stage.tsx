import { useCallback, useEffect, useId, useRef, type ReactNode } from "react"
import { problemOf } from "../../../client/problem"
import { Problem } from "../../../ui/Problem"
import { Cameras } from "./Cameras"
import { Lasso } from "./Lasso"
import type { Ink } from "./overlays"
import type { Painter, Scene } from "./painters/painter"
import { within } from "./picking"
import { useLayer } from "./useLayer"
import { usePainter, useScene, type Kind } from "./usePainter"
import { walked } from "./walking"

export interface Layers {
  /** Drawn below the points, and above them. */
  under: ((ink: Ink, painter: Painter) => void) | null
  over: (ink: Ink, painter: Painter) => void
}

interface StageProps {
  label: string
  kind: Kind
  scene: Omit<Scene, "marked">
  marked: readonly number[]
  /** The point that the pointer or the keyboard is on, and what is told of it. */
  here: number | null
  tip: ReactNode
  layers: Layers
  isLasso: boolean
  /** Pictures take the points' places. */
  hidesPoints?: boolean
  onHover: (row: number | null) => void
  onPick: (row: number | null) => void
  onLasso: (rows: number[], adds: boolean) => void
}

/** A map to look at, walk over and pick from, by pointer and by keyboard. */
export function Stage(props: StageProps) {
  const { label, kind, scene, marked, here, tip, layers, isLasso, hidesPoints = false, onHover, onPick, onLasso } = props
  const [canvas, above, below, tipBox] = [useRef<HTMLCanvasElement>(null), useRef<HTMLCanvasElement>(null), useRef<HTMLCanvasElement>(null), useRef<HTMLDivElement>(null)]
  const repaint = useRef(() => {})
  const { painter, key, fault, tryAgain } = usePainter(canvas, kind, { onView: useCallback(() => { repaint.current() }, []), onHover, onPick })
  const isMoving = useScene(painter, scene, marked)
  const paintOver = useLayer(above, (ink) => {
    if (!painter) return
    layers.over(ink, painter)
    if (tipBox.current && here !== null) put(tipBox.current, ...painter.at(here))
  })
  const paintUnder = useLayer(below, (ink) => { if (painter) layers.under?.(ink, painter) })
  useEffect(() => { repaint.current = () => { paintOver(); paintUnder() } })
  useEffect(() => { repaint.current() }, [painter, layers, here, isMoving])

  const hint = useId()
  return (
    <div className="atlas-stage" data-moving={isMoving} data-ready={painter !== null && !isMoving}>
      <div
        className="atlas-keys" role="application" aria-roledescription="map" aria-label={label} aria-describedby={hint} tabIndex={0}
        onKeyDown={(event) => { if (painter && walked(event.key, painter, { here, onHover, onPick })) event.preventDefault() }}
      >
        <canvas ref={below} className="atlas-layer" aria-hidden="true" />
        <canvas key={key} ref={canvas} className="atlas-points" data-hidden={hidesPoints} aria-hidden="true" />
        <canvas ref={above} className="atlas-layer" aria-hidden="true" />
        <Lasso isOn={isLasso} onEnd={(outline, adds) => { if (painter) onLasso(within(painter.places(), outline), adds) }} />
      </div>
      <p id={hint} className="hidden-visually">Arrow keys walk from point to point, Enter opens one, Escape leaves it, plus and minus zoom{kind === "space" ? ", comma and full stop turn" : ""}.</p>
      {here !== null && tip && <div ref={tipBox} className="atlas-tip">{tip}</div>}
      {fault !== null && <div className="atlas-fault"><Problem problem={problemOf(fault)} onRetry={tryAgain} /></div>}
      {painter && <Cameras painter={painter} turns={kind === "space"} />}
    </div>
  )
}

const BESIDE = 16 // pixels from a point to what is told of it

/** What is told of a point, beside it and within the map. */
function put(box: HTMLElement, x: number, y: number): void {
  const { clientWidth: w = 0, clientHeight: h = 0 } = box.parentElement ?? {}
  const left = x + BESIDE + box.offsetWidth > w ? x - BESIDE - box.offsetWidth : x + BESIDE
  const top = Math.min(Math.max(4, y - box.offsetHeight / 2), h - box.offsetHeight - 4)
  box.style.transform = `translate(${String(Math.max(4, left))}px, ${String(top)}px)`
}
