import { nearestAt } from "../picking"
import { animate, between } from "../tween"
import { listen } from "./gestures"
import { POINT_REACH, type Listeners, type Painter, type Scene } from "./painter"

export interface Camera {
  zoom: number
  x: number
  y: number
}

/** Where a place of the map is on the screen, from its middle, rightwards and up: `scale` CSS pixels for a length of 1. */
export interface Lens {
  scale: number
  x: number
  y: number
}

/** What puts points on a canvas. */
export interface Brush {
  /** A scene; `rows` are those of its points that are drawn, null for all. */
  load: (scene: Scene, rows: readonly number[] | null) => void
  mark: (rows: readonly number[]) => void
  /** Where the points are now. */
  place: (places: Float32Array) => void
  paint: (lens: Lens) => void
  /** How many points it can draw. */
  most: number
  destroy: () => void
}

const ROOM = 0.92 // of the screen, for all of the map
const NEAREST = 80
const FARTHEST = 0.4

/** A flat map: its camera, its pointers and the motion of its points, whatever it is drawn with. */
export function flat(canvas: HTMLCanvasElement, brush: Brush, { onView, onHover, onPick }: Listeners): Painter {
  const camera: Camera = { zoom: 1, x: 0, y: 0 }
  let scene: Scene | null = null
  let drawn: readonly number[] | null = null
  let over: number | null = null
  let now = new Float32Array()
  let places = new Float32Array()
  let stop = () => {}

  let reach = new Float32Array([1, 1])
  const middle = () => [canvas.clientWidth / 2, canvas.clientHeight / 2] as const
  const scale = () => camera.zoom * ROOM * Math.min(...middle().map((half, d) => half / (reach[d] || 1)))
  const toScreen = (x: number, y: number): [number, number] => {
    const [[w, h], pixels] = [middle(), scale()]
    return [w + camera.x + x * pixels, h - camera.y - y * pixels]
  }
  const paint = () => {
    if (!scene || canvas.clientWidth === 0) return
    fitted(canvas)
    brush.paint({ scale: scale(), x: camera.x, y: camera.y })
    onView()
  }
  const fill = () => {
    if (places.length !== now.length) places = new Float32Array(now.length)
    const [[x0, y0], [x1, y1]] = [toScreen(0, 0), toScreen(1, 1)]
    const put = (row: number) => {
      places[2 * row] = x0 + (now[2 * row] ?? 0) * (x1 - x0)
      places[2 * row + 1] = y0 + (now[2 * row + 1] ?? 0) * (y1 - y0)
    }
    if (drawn) { places.fill(NaN); drawn.forEach(put) } else for (let row = 0; 2 * row < now.length; row++) put(row)
    return places
  }
  const zoom = (factor: number, x = middle()[0], y = middle()[1]) => {
    const next = Math.min(NEAREST, Math.max(FARTHEST, camera.zoom * factor))
    const [ax, ay] = [x - middle()[0], middle()[1] - y]
    camera.x = ax - (ax - camera.x) * (next / camera.zoom)
    camera.y = ay - (ay - camera.y) * (next / camera.zoom)
    camera.zoom = next
    paint()
  }
  const enter = (row: number | null) => { if (row !== over) { over = row; onHover(row) } }
  const leave = listen(canvas, {
    isDragged: (dx, dy) => { camera.x += dx; camera.y -= dy; paint() },
    isMoved: (x, y) => { enter(nearestAt(fill(), x, y, POINT_REACH)) },
    isClicked: (x, y) => { onPick(nearestAt(fill(), x, y, POINT_REACH)) },
    isLeft: () => { enter(null) },
    isZoomed: zoom,
  })
  const resized = new ResizeObserver(paint)
  resized.observe(canvas)
  return {
    draw: (next, milliseconds) => new Promise((done) => {
      stop()
      const moves = milliseconds > 0 && scene !== null && now.length === next.points.length && scene.points !== next.points
      scene = next
      drawn = thinned(next, brush.most)
      brush.load(next, drawn)
      brush.mark(next.marked)
      const [from, before, after] = [now.slice(), reach.slice(), reachOf(next.points)]
      if (moves) {
        stop = animate(milliseconds, (share) => {
          between(before, after, share, reach)
          brush.place(between(from, next.points, share, now))
          paint()
        }, done)
        return
      }
      ;[now, reach] = [next.points.slice(), after]
      brush.place(now)
      paint()
      done()
    }),
    mark: (rows) => { if (scene) { brush.mark(rows); paint() } },
    at: (row) => toScreen(now[2 * row] ?? NaN, now[2 * row + 1] ?? NaN),
    places: fill,
    toScreen,
    pixelsAt: scale,
    zoom: (factor) => { zoom(factor) },
    turn: () => undefined,
    reset: () => { Object.assign(camera, { zoom: 1, x: 0, y: 0 }); paint() },
    destroy: () => { stop(); resized.disconnect(); leave(); brush.destroy() },
  }
}

/** How far points lie from the middle, across and up. */
function reachOf(points: Float32Array): Float32Array<ArrayBuffer> {
  const reach = new Float32Array(2)
  points.forEach((value, i) => { reach[i % 2] = Math.max(reach[i % 2] ?? 0, Math.abs(value)) })
  return reach
}

/** The rows that are drawn: of too many, evenly many are left out. */
function thinned({ shown, points }: Scene, most: number): readonly number[] | null {
  const count = shown?.length ?? points.length / 2
  if (count <= most) return shown
  return Array.from({ length: most }, (_, i) => { const at = Math.floor((i * count) / most); return shown?.[at] ?? at })
}

function fitted(canvas: HTMLCanvasElement): void {
  const dense = window.devicePixelRatio
  const [w, h] = [Math.round(canvas.clientWidth * dense), Math.round(canvas.clientHeight * dense)]
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h]
}
