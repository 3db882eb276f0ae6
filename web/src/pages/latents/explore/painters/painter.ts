import type { Places } from "../picking"

/** What is drawn: points in the square (or cube) from -1 to 1, and the index of each one's colour. */
export interface Scene {
  dims: 2 | 3
  points: Float32Array
  classes: Uint16Array
  palette: readonly string[]
  /** The rows that are shown; null for all. */
  shown: readonly number[] | null
  /** The rows that stand out; the others step back if there are any. */
  marked: readonly number[]
}

export interface Listeners {
  /** The camera moved, or points came to rest. */
  onView: () => void
  onHover: (row: number | null) => void
  onPick: (row: number | null) => void
}

/** Draws points on a canvas and moves its camera. Lengths on the screen are CSS pixels. */
export interface Painter {
  /** Draw a scene; points that were there before move to their places in so many milliseconds. */
  draw: (scene: Scene, milliseconds: number) => Promise<void>
  mark: (rows: readonly number[]) => void
  /** Where a point is on the screen. */
  at: (row: number) => [number, number]
  /** Where all points are that are drawn; filled anew at each call. */
  places: () => Places
  /** Where a place of a flat map is on the screen. */
  toScreen: (x: number, y: number) => [number, number]
  /** Pixels for a length of the scene, where that point is. */
  pixelsAt: (row: number) => number
  zoom: (factor: number) => void
  /** Turn about the vertical, by radians; a flat map can't. */
  turn: (angle: number) => void
  reset: () => void
  destroy: () => void
}

export const POINT_REACH = 14 // pixels around a point that a pointer touches it in

/** Points are smaller the more there are. */
export function sizeOf(count: number): number {
  return Math.min(7, Math.max(1.5, 7 - 1.6 * Math.log10(Math.max(1, count / 100))))
}

/** How much larger points are that stand out: the less, the more there are. */
export function largerBy(marked: number): number {
  return marked > 60 ? 0.5 : 3
}

export function hasGpu(): boolean {
  try {
    const canvas = document.createElement("canvas")
    return canvas.getContext("webgl") !== null
  } catch {
    return false
  }
}
