import { useEffect, useMemo, useRef, useState, type PointerEvent } from "react"
import { AsTable } from "../../../ui/AsTable"
import { useTheme } from "../../../ui/theme"
import { categorical, UNKNOWN } from "../explore/palette"
import { fitOf, placed } from "../explore/scales"
import { animate, between } from "../explore/tween"

export interface Tiles {
  url: string
  columns: number
  width: number
  height: number
}
interface MovingMapProps {
  /** What is drawn, in one line. */
  label: string
  points: readonly (readonly number[])[]
  /** The class of each point, as a place among the names; null where there is none. */
  classes: readonly (number | null)[]
  names: readonly string[]
  indices: readonly number[]
  tiles: Tiles | null
}

const SIZE = 720 // pixels of the canvas, shown smaller
const MOVE_MS = 420
const NEAR = 0.05 // of the half width
const TABLE_ROWS = 200

/** The map of an epoch. Points move from where they were when another epoch comes: pixels alone, no place is computed. */
export function MovingMap({ label, points, classes, names, indices, tiles }: MovingMapProps) {
  const [theme] = useTheme()
  const [only, setOnly] = useState<number | null>(null)
  const colours = useMemo(() => categorical(names.length, theme), [names.length, theme])
  const goal = useMemo(() => placed(points, fitOf(points)), [points])
  const place = useMoving(goal, (context, places) => {
    draw(context, places, (row) => {
      const of = classes[row] ?? null
      return { colour: of === null ? UNKNOWN[theme] : (colours[of] ?? UNKNOWN[theme]), isFaint: only !== null && of !== only }
    })
  }, [classes, colours, only, theme])
  const [near, setNear] = useState<number | null>(null)
  const onMove = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    setNear(nearest(goal, (2 * (event.clientX - box.left)) / box.width - 1, 1 - (2 * (event.clientY - box.top)) / box.height))
  }
  return (
    <div className="moving-map">
      <div className="map-plane">
        <canvas ref={place} width={SIZE} height={SIZE} role="img" aria-label={label} onPointerMove={onMove} onPointerDown={onMove} onPointerLeave={() => { setNear(null) }} />
        {near !== null && tiles && <Tip near={near} goal={goal} tiles={tiles} name={names[classes[near] ?? -1] ?? "no label"} index={indices[near] ?? near} />}
      </div>
      {names.length > 0 && (
        <ul className="map-names" aria-label="Classes">
          {names.map((name, of) => (
            <li key={name}>
              <button type="button" className="chip" aria-pressed={only === of} onClick={() => { setOnly(only === of ? null : of) }}>
                <i style={{ background: colours[of] }} />{name}
              </button>
            </li>
          ))}
        </ul>
      )}
      <AsTable
        title="The map" columns={["picture", "class", "across", "up"]}
        rows={points.slice(0, TABLE_ROWS).map(([x = 0, y = 0], row) => ({ cells: [indices[row], names[classes[row] ?? -1] ?? "–", x.toFixed(3), y.toFixed(3)] }))}
      />
    </div>
  )
}

/** A canvas whose points move to each new goal; drawn again when `worth` changes. */
function useMoving(goal: Float32Array, onDraw: (context: CanvasRenderingContext2D, places: Float32Array) => void, worth: readonly unknown[]) {
  const place = useRef<HTMLCanvasElement>(null)
  const shown = useRef<Float32Array | null>(null)
  const drawing = useRef(onDraw)
  useEffect(() => { drawing.current = onDraw })
  useEffect(() => {
    const context = place.current?.getContext("2d")
    if (!context) return
    const [from, into] = [shown.current, new Float32Array(goal.length)]
    shown.current = into
    const isStill = from?.length !== goal.length || matchMedia("(prefers-reduced-motion: reduce)").matches
    if (!isStill) return animate(MOVE_MS, (share) => { drawing.current(context, between(from, goal, share, into)) })
    into.set(goal)
    drawing.current(context, into)
    return undefined
  }, [goal])
  useEffect(() => {
    const context = place.current?.getContext("2d")
    if (context && shown.current) drawing.current(context, shown.current)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what is drawn depends on just these
  }, worth)
  return place
}

function draw(context: CanvasRenderingContext2D, places: Float32Array, look: (row: number) => { colour: string; isFaint: boolean }): void {
  context.clearRect(0, 0, SIZE, SIZE)
  const radius = places.length > 4000 ? 4 : places.length > 600 ? 6 : 9
  for (let row = 0; row * 2 < places.length; row++) {
    const { colour, isFaint } = look(row)
    context.globalAlpha = isFaint ? 0.08 : 0.82
    context.fillStyle = colour
    context.beginPath()
    context.arc(((places[2 * row] ?? 0) + 1) * (SIZE / 2), (1 - (places[2 * row + 1] ?? 0)) * (SIZE / 2), radius, 0, 2 * Math.PI)
    context.fill()
  }
}

function nearest(places: Float32Array, x: number, y: number): number | null {
  let [best, least] = [-1, NEAR ** 2]
  for (let row = 0; row * 2 < places.length; row++) {
    const away = ((places[2 * row] ?? 0) - x) ** 2 + ((places[2 * row + 1] ?? 0) - y) ** 2
    if (away < least) [best, least] = [row, away]
  }
  return best < 0 ? null : best
}

/** The picture under the pointer, cut out of the sprite. */
function Tip({ near, goal, tiles, name, index }: { near: number; goal: Float32Array; tiles: Tiles; name: string; index: number }) {
  const scale = Math.max(1, Math.round(64 / tiles.width))
  const [column, row] = [near % tiles.columns, Math.floor(near / tiles.columns)]
  const [x, y] = [goal[2 * near] ?? 0, goal[2 * near + 1] ?? 0]
  return (
    <div className="map-tip" style={{ left: `${String(50 * (x + 1))}%`, top: `${String(50 * (1 - y))}%` }} data-left={x > 0.4} data-up={y < -0.4}>
      <div className="tile">
        <div
          className="sprite" style={{
            width: tiles.width, height: tiles.height, backgroundImage: `url(${tiles.url})`,
            backgroundPosition: `${String(-column * tiles.width)}px ${String(-row * tiles.height)}px`, zoom: scale,
          }}
        />
      </div>
      <span>{name}<small>picture {index}</small></span>
    </div>
  )
}
