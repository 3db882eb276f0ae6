import {
  BufferAttribute, BufferGeometry, CanvasTexture, Color, PerspectiveCamera, Points, PointsMaterial, Scene as Stage, Vector3, WebGLRenderer,
} from "three"
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js"
import { nearestAt } from "../picking"
import { animate, between } from "../tween"
import { listen } from "./gestures"
import { POINT_REACH, sizeOf, type Listeners, type Painter, type Scene } from "./painter"

const AWAY = new Vector3(0.85, 0.7, 2.05)

/** A map in three dimensions: drag to turn it, scroll to come nearer. */
export function space(canvas: HTMLCanvasElement, { onView, onHover, onPick }: Listeners): Painter {
  const renderer = new WebGLRenderer({ canvas, alpha: true, antialias: true })
  const camera = new PerspectiveCamera(42, 1, 0.05, 50)
  camera.position.copy(AWAY)
  const controls = new OrbitControls(camera, canvas)
  const stage = new Stage()
  const [all, few] = [cloud(1), cloud(1.5)]
  stage.add(all.points, few.points)
  let scene: Scene | null = null
  let now = new Float32Array()
  let places = new Float32Array()
  let stop = () => {}

  const paint = () => {
    const [w, h] = [canvas.clientWidth, canvas.clientHeight]
    if (w === 0 || h === 0) return
    renderer.setPixelRatio(window.devicePixelRatio)
    renderer.setSize(w, h, false)
    camera.aspect = w / h
    camera.updateProjectionMatrix()
    renderer.render(stage, camera)
    onView()
  }
  const spot = new Vector3()
  const at = (row: number): [number, number] => {
    spot.set(now[3 * row] ?? NaN, now[3 * row + 1] ?? NaN, now[3 * row + 2] ?? NaN).project(camera)
    return [((spot.x + 1) * canvas.clientWidth) / 2, ((1 - spot.y) * canvas.clientHeight) / 2]
  }
  const fill = () => {
    if (!scene) return places
    const count = now.length / 3
    if (places.length !== 2 * count) places = new Float32Array(2 * count)
    camera.updateMatrixWorld()
    const project = (row: number) => { [places[2 * row], places[2 * row + 1]] = at(row) }
    if (scene.shown) { places.fill(NaN); scene.shown.forEach(project) } else for (let row = 0; row < count; row++) project(row)
    return places
  }
  const mark = (rows: readonly number[]) => {
    all.material.opacity = rows.length > 0 ? 0.2 : 0.95
    all.material.alphaTest = all.material.opacity / 3
    few.points.geometry.setIndex([...rows])
    few.points.visible = rows.length > 0
    paint()
  }
  const show = (next: Scene) => {
    scene = next
    const colours = coloursOf(next)
    const size = sizeOf(next.points.length / 3) * 0.0062
    for (const { points: { geometry }, material, larger } of [all, few]) {
      geometry.setAttribute("position", new BufferAttribute(now, 3))
      geometry.setAttribute("color", new BufferAttribute(colours, 3))
      material.size = size * larger
    }
    all.points.geometry.setIndex(next.shown ? [...next.shown] : null)
    mark(next.marked)
  }
  const place = (share: number, from: Float32Array, to: Float32Array) => {
    between(from, to, share, now)
    for (const { points } of [all, few]) (points.geometry.getAttribute("position") as BufferAttribute).needsUpdate = true
    paint()
  }
  let over: number | null = null
  const enter = (row: number | null) => { if (row !== over) { over = row; onHover(row) } }
  const find = (x: number, y: number) => nearestAt(fill(), x, y, POINT_REACH)
  const nothing = () => undefined // the controls turn and zoom
  const leave = listen(canvas, {
    isMoved: (x, y) => { enter(find(x, y)) }, isClicked: (x, y) => { onPick(find(x, y)) }, isLeft: () => { enter(null) }, isDragged: nothing, isZoomed: nothing,
  })
  controls.addEventListener("change", paint)
  const resized = new ResizeObserver(paint)
  resized.observe(canvas)
  return {
    draw: (next, milliseconds) => new Promise((done) => {
      stop()
      const moves = milliseconds > 0 && scene !== null && now.length === next.points.length && scene.points !== next.points
      const from = now.slice()
      if (!moves) now = next.points.slice()
      show(next)
      if (moves) stop = animate(milliseconds, (share) => { place(share, from, next.points) }, done)
      else done()
    }),
    mark,
    at,
    places: fill,
    toScreen: (x, y) => { spot.set(x, y, 0).project(camera); return [((spot.x + 1) * canvas.clientWidth) / 2, ((1 - spot.y) * canvas.clientHeight) / 2] },
    pixelsAt: (row) => {
      spot.set(now[3 * row] ?? 0, now[3 * row + 1] ?? 0, now[3 * row + 2] ?? 0)
      return canvas.clientHeight / (2 * Math.tan((camera.fov * Math.PI) / 360) * camera.position.distanceTo(spot))
    },
    zoom: (factor) => { camera.position.multiplyScalar(1 / factor); controls.update(); paint() },
    turn: (angle) => { camera.position.applyAxisAngle(new Vector3(0, 1, 0), angle); controls.update(); paint() },
    reset: () => { camera.position.copy(AWAY); controls.target.set(0, 0, 0); controls.update(); paint() },
    destroy: () => {
      stop()
      resized.disconnect()
      leave()
      controls.dispose()
      for (const { points: { geometry }, material } of [all, few]) { geometry.dispose(); material.map?.dispose(); material.dispose() }
      renderer.dispose()
    },
  }
}

function cloud(larger: number) {
  const material = new PointsMaterial({ vertexColors: true, sizeAttenuation: true, transparent: true, alphaTest: 0.3, map: disc(), depthWrite: true })
  const points = new Points(new BufferGeometry(), material)
  points.frustumCulled = false
  return { points, material, larger }
}

function disc(): CanvasTexture {
  const canvas = document.createElement("canvas")
  canvas.width = canvas.height = 64
  const context = canvas.getContext("2d")
  if (context) {
    context.fillStyle = "#ffffff"
    context.arc(32, 32, 30, 0, 2 * Math.PI)
    context.fill()
  }
  return new CanvasTexture(canvas)
}

function coloursOf({ classes, palette }: Scene): Float32Array {
  const shades = palette.map((hex) => new Color(hex))
  const colours = new Float32Array(classes.length * 3)
  classes.forEach((group, row) => { shades[group]?.toArray(colours, 3 * row) })
  return colours
}
