import { useState, type KeyboardEvent, type PointerEvent } from "react"
import type { Cell, Inspected, Layer } from "./answers"
import { cell } from "./step"

interface MapViewProps {
  title: string
  layer: Layer
  /** Its heat, from its least to its greatest value. */
  url: string
  inspected: Inspected
  at: Cell
  onMove: (to: Cell) => void
}
const STEPS: Record<string, [dx: number, dy: number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

/** A channel's map, large: the pointer reads values, a press or the arrow keys choose a cell. */
export function MapView({ title, layer, url, inspected, at, onMove }: MapViewProps) {
  const [hovered, setHovered] = useState<Cell | null>(null)
  const [, height = 1, width = 1] = layer.shape
  const valueAt = ({ x, y }: Cell) => inspected.data.values[y]?.[x] ?? 0
  const under = (event: PointerEvent<HTMLElement>): Cell => {
    const box = event.currentTarget.getBoundingClientRect()
    const place = (share: number, count: number) => Math.min(count - 1, Math.max(0, Math.floor(share * count)))
    return { x: place((event.clientX - box.left) / box.width, width), y: place((event.clientY - box.top) / box.height, height) }
  }
  const onKey = (event: KeyboardEvent) => {
    const step = STEPS[event.key]
    if (!step) return
    event.preventDefault()
    const to = { x: at.x + step[0], y: at.y + step[1] }
    if (to.x >= 0 && to.y >= 0 && to.x < width && to.y < height) onMove(to)
  }
  const shown = hovered ?? at
  const mark = ({ x, y }: Cell) => ({ left: `${String((100 * x) / width)}%`, top: `${String((100 * y) / height)}%`, width: `${String(100 / width)}%`, height: `${String(100 / height)}%` })
  return (
    <figure className="nw-panel">
      <figcaption>Its map, {width} × {height}</figcaption>
      <div
        className="nw-map" role="application" aria-roledescription="map" tabIndex={0} onKeyDown={onKey}
        aria-label={`${title}: column ${String(at.x)}, row ${String(at.y)}, value ${cell(valueAt(at))}. Arrow keys move.`}
        onPointerMove={(event) => { setHovered(under(event)) }} onPointerLeave={() => { setHovered(null) }}
        onPointerDown={(event) => { onMove(under(event)) }}
      >
        <img src={url} alt="" draggable={false} style={{ aspectRatio: `${String(width)} / ${String(height)}` }} />
        {hovered && <i className="nw-over" style={mark(hovered)} />}
        <i className="nw-box" style={mark(at)} />
      </div>
      <p className="mono small" aria-hidden="true">({shown.x}, {shown.y}) {cell(valueAt(shown), 3)}</p>
    </figure>
  )
}
