import { useEffect, useRef, useState, type CSSProperties, type ReactNode, type RefObject } from "react"
import { useLab } from "../client/context"
import type { RoundView } from "../client/types"
import { useKeys } from "../ui/keyboard"
import { Segmented } from "../ui/Segmented"
import { MapHead, type Axes } from "./MapHead"
import { diveOf, layoutOf, sidesOf, type Layout, type Sides, type Wish } from "./sheet"
import { tilesOf, type Tile } from "./tiles"
import { verdictOn } from "./words"

const CLOSE_UP = 2.2
const PINCH = 60 // px of a wheel or a pinch for one step

/** What a map needs beside the round's own pictures. */
export interface MapOf extends Axes {
  /** All rounds that count: a map may have been zoomed into. */
  rounds: RoundView[]
  /** 2 for a plane, 1 for a line; while no picture is proposed, what the session's sampler will lay out. */
  directions: number
  /** Where to look next, if the person may say: what would happen by itself, and what was wished. */
  next: { value: Wish; onChange: (wish: Wish) => void } | null
}

interface GalleryProps {
  map: MapOf
  round: RoundView
  tiles: Tile[]
  isOpen: boolean
  kind: string | undefined
  card: (tile: Tile) => ReactNode
}

/** The candidates of a round on a map: each where it lies on the plane, and around it what it was zoomed out of. */
export function Gallery({ map, round, tiles, isOpen, kind, card }: GalleryProps) {
  const layout = layoutOf(tiles, 2)
  const dive = round.sheet ? diveOf(map.rounds, round) : [round]
  const { depth, isCloseUp, turn, origin, frame } = useZoom(dive.length, round.id)
  const shown = dive[depth] ?? round
  const isNow = shown.id === round.id
  const sides = shown.sheet ? sidesOf(shown.sheet, map.axes) : null
  return (
    <section className="map" aria-label="Map" data-zoomed={isCloseUp}>
      <MapHead map={map} dive={dive} depth={depth} tiles={tiles}>
        <span className="zoom" role="group" aria-label="Zoom">
          <button type="button" className="button quiet icon" aria-label="Zoom out" title="Zoom out (−)" disabled={depth === 0 && !isCloseUp} onClick={() => { turn(-1) }}>−</button>
          <button type="button" className="button quiet icon" aria-label="Zoom in" title="Zoom in (+)" disabled={isCloseUp} onClick={() => { turn(1) }}>+</button>
        </span>
        {isOpen && map.next && (
          <span className="wish">
            <span className="small muted">Then</span>
            <Segmented label="Where to look next" value={map.next.value} options={WISHES} onChange={map.next.onChange} />
          </span>
        )}
      </MapHead>
      <Frame sides={sides}>
        <div className="map-window" ref={frame}>
          <div key={shown.id} className="map-layer" data-came={isNow && dive.length === 1 ? undefined : isNow ? "in" : "out"} style={{ ...origin, "--scale": isCloseUp ? CLOSE_UP : 1 } as CSSProperties}>
            {isNow ? <Cells round={round} layout={layout} tiles={tiles} kind={kind} card={card} /> : <Wider round={shown} />}
          </div>
        </div>
      </Frame>
      {isNow && layout.beside.length > 0 && <div className="beside-map" role="group" aria-label="Beside the map">{layout.beside.map(card)}</div>}
    </section>
  )
}

const WISHES: readonly { value: Wish; label: string }[] = [{ value: "look closer", label: "Look closer" }, { value: "look elsewhere", label: "A new map" }]

/** The pictures in their cells, in the order in which they are read. */
function Cells({ round, layout, tiles, kind, card }: { round: RoundView; layout: Layout; tiles: Tile[]; kind: string | undefined; card: (tile: Tile) => ReactNode }) {
  const order = (tile: Tile) => { const cell = layout.cells.get(tile); return cell ? cell.row * layout.side + cell.column : 0 }
  const placed = tiles.filter((tile) => layout.cells.has(tile)).sort((a, b) => order(a) - order(b))
  return (
    <div className="grid on-map" data-round={round.index} data-kind={kind} role="group" aria-label="Candidates" style={{ "--cols": layout.side } as CSSProperties}>
      {placed.map((tile) => {
        const { column = 0, row = 0 } = layout.cells.get(tile) ?? {}
        return <div key={tile.slot} className="cell" style={{ gridColumn: column + 1, gridRow: row + 1 }}>{card(tile)}</div>
      })}
    </div>
  )
}

/** The map as it was before it was zoomed into: where one is now is framed. */
function Wider({ round }: { round: RoundView }) {
  const lab = useLab()
  const tiles = tilesOf(round, round.candidates.length, null, undefined)
  const layout = layoutOf(tiles, 2)
  return (
    <div className="grid on-map wider" role="group" aria-label="The map before it was zoomed into" style={{ "--cols": layout.side } as CSSProperties}>
      {[...layout.cells].map(([tile, { column, row }]) => {
        const isHere = verdictOn(round.answer, tile.id ?? "")?.won === true
        return (
          <div key={tile.slot} className="cell" style={{ gridColumn: column + 1, gridRow: row + 1 }} data-here={isHere}>
            <span className="picture">
              {tile.artifact !== null && <img src={lab.artifactUrl(tile.artifact)} alt={`Picture ${String(tile.slot + 1)} of round ${String(round.index)}${isHere ? ", looked at closer" : ""}`} />}
            </span>
            {isHere && <span className="map-here">you are here</span>}
          </div>
        )
      })}
    </div>
  )
}

function Frame({ sides, children }: { sides: Sides | null; children: ReactNode }) {
  return (
    <div className="map-frame">
      <span className="map-side up">{sides?.up}</span>
      <span className="map-side left">{sides?.left}</span>
      {children}
      <span className="map-side right">{sides?.right}</span>
      <span className="map-side down">{sides?.down}</span>
    </div>
  )
}

interface Zoom {
  /** Which of the levels is looked at, the widest 0. */
  depth: number
  isCloseUp: boolean
  turn: (step: 1 | -1) => void
  /** What the view grows from: the picture that is pointed at. */
  origin: CSSProperties
  frame: RefObject<HTMLDivElement | null>
}

/** Looking wider and closer, by keys, wheel with Ctrl, and pinch; a new round is looked at as it is. */
function useZoom(levels: number, roundId: string): Zoom {
  const frame = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ roundId, out: 0, isCloseUp: false })
  const [origin, setOrigin] = useState<CSSProperties>({})
  const { out, isCloseUp } = view.roundId === roundId ? view : { out: 0, isCloseUp: false }
  const turn = (step: 1 | -1) => {
    if (step < 0) setView({ roundId, out: isCloseUp ? out : Math.min(levels - 1, out + 1), isCloseUp: false })
    else if (out > 0) setView({ roundId, out: out - 1, isCloseUp: false })
    else setView({ roundId, out, isCloseUp: true })
  }
  useKeys({ "+": () => { turn(1) }, "=": () => { turn(1) }, "-": () => { turn(-1) } })
  useGestures(frame, turn)
  usePointed(frame, setOrigin)
  return { depth: levels - 1 - out, isCloseUp, turn, origin, frame }
}

/** The wheel with Ctrl, which is also what a touchpad's pinch sends, and two fingers. */
function useGestures(frame: RefObject<HTMLDivElement | null>, turn: (step: 1 | -1) => void): void {
  const current = useRef(turn)
  useEffect(() => { current.current = turn })
  useEffect(() => {
    const element = frame.current
    if (!element) return
    let [moved, apart] = [0, 0]
    const steer = (by: number) => {
      moved += by
      if (Math.abs(moved) < PINCH) return
      current.current(moved > 0 ? 1 : -1)
      moved = 0
    }
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      steer(-event.deltaY)
    }
    const onTouch = (event: TouchEvent) => {
      const [a, b] = event.touches
      if (!a || !b) { apart = 0; return }
      event.preventDefault()
      const now = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY)
      if (apart > 0) steer(now - apart)
      apart = now
    }
    element.addEventListener("wheel", onWheel, { passive: false })
    element.addEventListener("touchmove", onTouch, { passive: false })
    element.addEventListener("touchend", onTouch)
    return () => {
      element.removeEventListener("wheel", onWheel)
      element.removeEventListener("touchmove", onTouch)
      element.removeEventListener("touchend", onTouch)
    }
  }, [frame])
}

/** The cell with the pointer or the focus, as the point that a view grows from. */
function usePointed(frame: RefObject<HTMLDivElement | null>, onPoint: (origin: CSSProperties) => void): void {
  useEffect(() => {
    const element = frame.current
    if (!element) return
    const point = (event: Event) => {
      const cell = event.target instanceof Element ? event.target.closest<HTMLElement>(".cell") : null
      const grid = cell?.parentElement
      if (!cell || !grid) return
      const across = cell.offsetLeft / Math.max(1, grid.offsetWidth - cell.offsetWidth)
      const down = cell.offsetTop / Math.max(1, grid.offsetHeight - cell.offsetHeight)
      onPoint({ transformOrigin: `${(100 * across).toFixed(1)}% ${(100 * down).toFixed(1)}%` })
    }
    element.addEventListener("focusin", point)
    element.addEventListener("pointerdown", point)
    return () => {
      element.removeEventListener("focusin", point)
      element.removeEventListener("pointerdown", point)
    }
  }, [frame, onPoint])
}
