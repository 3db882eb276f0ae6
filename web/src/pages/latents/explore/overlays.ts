import type { SessionMap } from "../../../client/latentSteering"
import type { Edge } from "./gate"
import type { Grid, Sprite } from "./files"
import type { Painter } from "./painters/painter"
import { spread, type Places } from "./picking"
import type { Fit } from "./scales"

export type Ink = CanvasRenderingContext2D

/** A raster laid over its bounds on the map. */
export function drawRaster(ink: Ink, painter: Painter, raster: CanvasImageSource, { x_min, x_max, y_min, y_max }: Grid["bounds"], { middle: [mx = 0, my = 0], scale }: Fit): void {
  const [left, top] = painter.toScreen((x_min - mx) * scale, (y_max - my) * scale)
  const [right, bottom] = painter.toScreen((x_max - mx) * scale, (y_min - my) * scale)
  ink.imageSmoothingQuality = "high"
  ink.drawImage(raster, left, top, right - left, bottom - top)
}

const FAINTEST = 0.02 // what nobody sees need not be drawn

export function drawEdges(ink: Ink, painter: Painter, edges: readonly Edge[], colour: string, strength: number): void {
  ink.strokeStyle = colour
  ink.lineWidth = 1.4
  for (const { from, to, alpha } of edges) {
    if (alpha * strength < FAINTEST) continue
    ink.globalAlpha = alpha * strength
    ink.beginPath()
    ink.moveTo(...painter.at(from))
    ink.lineTo(...painter.at(to))
    ink.stroke()
  }
  ink.globalAlpha = 1
}

/** A circle about a point: how far it reaches, or that it is meant. */
export function drawRing(ink: Ink, painter: Painter, row: number, radius: number, colour: string, dash: number[] = []): void {
  ink.strokeStyle = colour
  ink.lineWidth = dash.length > 0 ? 1.2 : 2
  ink.setLineDash(dash)
  ink.beginPath()
  ink.arc(...painter.at(row), radius, 0, 2 * Math.PI)
  ink.stroke()
  ink.setLineDash([])
}

interface Named {
  names: readonly string[]
  /** The row that each name stands at. */
  anchors: readonly (number | null)[]
  hidden: ReadonlySet<number>
  ink: string
  ground: string
}

/** The name of each group amidst its points. */
export function drawNames(ink: Ink, painter: Painter, { names, anchors, hidden, ink: colour, ground }: Named): void {
  Object.assign(ink, { textAlign: "center", textBaseline: "middle", lineJoin: "round", strokeStyle: ground, fillStyle: colour, lineWidth: 4 })
  ink.font = `600 14px ${getComputedStyle(document.body).fontFamily}`
  anchors.forEach((row, group) => {
    if (row === null || hidden.has(group)) return
    ink.strokeText(names[group] ?? "", ...painter.at(row))
    ink.fillText(names[group] ?? "", ...painter.at(row))
  })
}

/** Candidates of a session by the number of their round, the best so far filled. */
export function drawCandidates(ink: Ink, painter: Painter, candidates: SessionMap["candidates"], { middle: [mx = 0, my = 0], scale }: Fit, colours: { line: string; ground: string }): void {
  Object.assign(ink, { textAlign: "center", textBaseline: "middle", lineWidth: 2, strokeStyle: colours.line, font: `600 11px ${getComputedStyle(document.body).fontFamily}` })
  const isBest = ({ is_incumbent, is_final }: SessionMap["candidates"][number]) => is_incumbent || is_final
  for (const candidate of [...candidates].sort((a, b) => Number(isBest(a)) - Number(isBest(b)))) {
    const { point: [x = 0, y = 0], round } = candidate
    const [left, top] = painter.toScreen((x - mx) * scale, (y - my) * scale)
    ink.beginPath()
    ink.arc(left, top, 9, 0, 2 * Math.PI)
    ink.fillStyle = isBest(candidate) ? colours.line : colours.ground
    ink.fill()
    ink.stroke()
    ink.fillStyle = isBest(candidate) ? colours.ground : colours.line
    ink.fillText(String(round), left, top + 0.5)
  }
}

interface Tiled {
  image: HTMLImageElement
  sprite: Sprite["data"]
  classes: Uint16Array
  palette: readonly string[]
  size: number
}

/** Pictures in place of points, as many as there is room for: none lies on another. */
export function drawPictures(ink: Ink, places: Places, { image, sprite, classes, palette, size }: Tiled): void {
  const { columns, tile_width: w, tile_height: h } = sprite
  ink.imageSmoothingEnabled = w > size
  ink.lineWidth = 2
  const side = size - 4
  for (const row of spread(places, size, ink.canvas.clientWidth, ink.canvas.clientHeight)) {
    const [left, top] = [(places[2 * row] ?? 0) - side / 2, (places[2 * row + 1] ?? 0) - side / 2]
    ink.drawImage(image, (row % columns) * w, Math.floor(row / columns) * h, w, h, left, top, side, side)
    ink.strokeStyle = palette[classes[row] ?? 0] ?? "#888888"
    ink.strokeRect(left, top, side, side)
  }
}
