import { flat, type Brush } from "./flat"
import { largerBy, sizeOf, type Listeners, type Painter, type Scene } from "./painter"

const MOST = 5000 // points that a processor draws at once

/** A flat map drawn without a graphics card. */
export function flatPlain(canvas: HTMLCanvasElement, listeners: Listeners): Painter {
  return flat(canvas, plain(canvas), listeners)
}

function plain(canvas: HTMLCanvasElement): Brush {
  const ink = canvas.getContext("2d")
  let scene: Scene | null = null
  let rows: Iterable<number> = []
  let places = new Float32Array()
  let marked: ReadonlySet<number> = new Set()
  return {
    most: MOST,
    load: (next, drawn) => { [scene, rows] = [next, drawn ?? Array.from({ length: next.points.length / 2 }, (_, row) => row)] },
    mark: (next) => { marked = new Set(next) },
    place: (next) => { places = next as Float32Array<ArrayBuffer> },
    paint: ({ scale, x, y }) => {
      if (!ink || !scene) return
      const { classes, palette } = scene
      const dense = window.devicePixelRatio
      const [left, top, pixels] = [canvas.width / 2 + x * dense, canvas.height / 2 - y * dense, scale * dense]
      const radius = (sizeOf(places.length / 2) / 2) * dense
      const dot = (row: number, larger: number) => {
        ink.fillStyle = palette[classes[row] ?? 0] ?? "#888888"
        ink.beginPath()
        ink.arc(left + (places[2 * row] ?? 0) * pixels, top - (places[2 * row + 1] ?? 0) * pixels, radius + larger * dense, 0, 2 * Math.PI)
        ink.fill()
      }
      ink.clearRect(0, 0, canvas.width, canvas.height)
      ink.globalAlpha = marked.size > 0 ? 0.25 : 0.9
      for (const row of rows) if (!marked.has(row)) dot(row, 0)
      ink.globalAlpha = 1
      for (const row of marked) dot(row, largerBy(marked.size) / 2)
    },
    destroy: () => undefined,
  }
}
