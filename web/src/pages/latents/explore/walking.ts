import type { Painter } from "./painters/painter"
import { nearestAt, nextTowards, type Direction, type Places } from "./picking"

const ARROWS: Record<string, Direction> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const NEARER = 1.5
const TURN = Math.PI / 12

interface Walker {
  here: number | null
  onHover: (row: number | null) => void
  onPick: (row: number | null) => void
}

/** What a key does on a map; says whether it did anything. */
export function walked(key: string, painter: Painter, { here, onHover, onPick }: Walker): boolean {
  const cameras: Record<string, () => void> = {
    "+": () => { painter.zoom(NEARER) }, "=": () => { painter.zoom(NEARER) }, "-": () => { painter.zoom(1 / NEARER) },
    ",": () => { painter.turn(-TURN) }, ".": () => { painter.turn(TURN) }, Home: painter.reset,
    Escape: () => { onHover(null); onPick(null) },
  }
  const towards = ARROWS[key]
  if (towards) onHover(step(painter.places(), here, towards))
  else if ((key === "Enter" || key === " ") && here !== null) onPick(here)
  else if (cameras[key]) cameras[key]()
  else return false
  return true
}

/** The next point; at first the one in the middle of what is drawn. */
function step(places: Places, here: number | null, towards: Direction): number | null {
  if (here !== null) return nextTowards(places, here, towards) ?? here
  const drawn = [...places].filter((_, i) => !Number.isNaN(places[i]))
  const middle = (axis: number) => drawn.filter((_, i) => i % 2 === axis).reduce((sum, one) => sum + one, 0) / (drawn.length / 2)
  return nearestAt(places, middle(0), middle(1), Infinity)
}
