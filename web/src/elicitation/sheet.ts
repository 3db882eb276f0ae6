import type { Axis, RoundView } from "../client/types"
import type { Tile } from "./tiles"

/** The line or plane that a round's pictures lie on. */
export type Sheet = NonNullable<RoundView["sheet"]>

/** The tags by which a person turns the next round of a map; `samplers/plane.py` reads them. */
export type Wish = "look closer" | "look elsewhere"

/** A cell of a square of cells, from 0: to the right, and down. */
export interface Cell {
  column: number
  row: number
}

export interface Layout {
  /** How many cells a side has. */
  side: number
  /** How many rows: as many as columns on a plane, one on a line. */
  rows: number
  cells: Map<Tile, Cell>
  /** What does not lie on the sheet, such as a pinned picture. */
  beside: Tile[]
}

/** Each picture in the cell that is nearest to its coordinates; a cell holds one. */
export function layoutOf(tiles: Tile[], directions: number): Layout {
  const placed = tiles.map((tile) => ({ tile, grid: tile.candidate === null ? null : tile.candidate.grid }))
  const known = placed.flatMap(({ tile, grid }) => (grid === null ? [] : [{ tile, grid }]))
  const waiting = tiles.filter(({ candidate }) => candidate === null)
  const reach = reachOf(Math.max(known.length, waiting.length), directions)
  const side = 2 * reach + 1
  const rows = directions === 1 ? 1 : side
  const all = Array.from({ length: side * rows }, (_, i) => ({ column: i % side, row: Math.floor(i / side) }))
  const cells = new Map<Tile, Cell>()
  const pairs = known.flatMap(({ tile, grid }) => all.map((cell) => ({ tile, cell, away: distance(grid, cell, reach, rows) })))
  const taken = new Set<Cell>()
  for (const { tile, cell } of pairs.sort((a, b) => a.away - b.away)) {
    if (cells.has(tile) || taken.has(cell)) continue
    cells.set(tile, cell)
    taken.add(cell)
  }
  if (known.length === 0) for (const [i, tile] of waiting.entries()) cells.set(tile, waitingCell(i, all))
  return { side, rows, cells, beside: tiles.filter((tile) => !cells.has(tile)) }
}

/** The smallest odd square, or row, with room for so many. */
function reachOf(count: number, directions: number): number {
  let reach = 1
  while ((2 * reach + 1) ** directions < count) reach += 1
  return reach
}

function distance([x = 0, y = 0]: number[], { column, row }: Cell, reach: number, rows: number): number {
  return Math.hypot(x * reach - (column - reach), rows === 1 ? 0 : y * reach + (row - reach))
}

/** Before anything is proposed: the best so far in the middle, the others around it. */
function waitingCell(index: number, all: Cell[]): Cell {
  const middle = (all.length - 1) / 2
  return all[index === 0 ? middle : index - 1 < middle ? index - 1 : index] ?? { column: 0, row: 0 }
}

export interface Sides {
  right: string
  left: string
  up: string
  down: string
}

/** What the sides of a sheet stand for, in the words of the axes that lead there most. */
export function sidesOf(sheet: Sheet, axes: Axis[]): Sides {
  const [across = [], upward = []] = sheet.basis
  return { right: toward(across, axes, 1), left: toward(across, axes, -1), up: toward(upward, axes, 1), down: toward(upward, axes, -1) }
}

function toward(direction: number[], axes: Axis[], sign: number): string {
  const most = Math.max(0, ...direction.map(Math.abs))
  const leading = direction.map((weight, i) => ({ weight: sign * weight, axis: axes[i] })).filter(({ weight }) => most > 0 && Math.abs(weight) >= 0.6 * most)
  return leading.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, 2).flatMap(({ weight, axis }) => (axis ? [poleOf(axis, weight)] : [])).join(", ")
}

function poleOf({ name, negative, positive }: Axis, weight: number): string {
  return (weight > 0 ? positive : negative) || `${weight > 0 ? "more" : "less"} ${name}`
}

/** The rounds by which one came to look as closely as this one does, widest first, itself last. */
export function diveOf(rounds: RoundView[], round: RoundView): RoundView[] {
  const dive = [round]
  for (const before of rounds.filter(({ index }) => index < round.index).reverse()) {
    const level = dive[0]?.sheet?.level ?? 0
    if (level === 0) break
    if (before.sheet?.level === level - 1) dive.unshift(before)
  }
  return dive
}

/** The two axes that a sheet runs along, to draw where it lies; of a line, and the next after it. */
export function planeOf(sheet: Sheet): [number, number] {
  const [across = [], upward] = sheet.basis
  const first = leadingAxis(across, -1)
  return [first, leadingAxis(upward ?? across, first)]
}

function leadingAxis(direction: number[], except: number): number {
  return direction.reduce((best, weight, i) => (i !== except && (best < 0 || Math.abs(weight) > Math.abs(direction[best] ?? 0)) ? i : best), -1)
}

/** The corners of a sheet, or the ends of a line, in unit coordinates of two axes. */
export function outlineOf(sheet: Sheet, [i, j]: [number, number]): [number, number][] {
  const turns = sheet.basis.length === 1 ? [[-1], [1]] : [[-1, -1], [1, -1], [1, 1], [-1, 1]]
  const at = (axis: number, turn: number[]) => turn.reduce((sum, step, k) => sum + sheet.half_width * step * (sheet.basis[k]?.[axis] ?? 0), sheet.centre[axis] ?? 0)
  return turns.map((turn) => [at(i, turn), j < 0 ? 0 : at(j, turn)])
}
