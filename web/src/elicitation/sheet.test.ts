import { describe, expect, it } from "vitest"
import type { Axis, RoundView } from "../client/types"
import { diveOf, layoutOf, outlineOf, planeOf, sidesOf, type Sheet } from "./sheet"
import type { Tile } from "./tiles"

const tile = (slot: number, grid: number[] | null) => ({ slot, candidate: { grid } }) as unknown as Tile
const cellsOf = (grids: (number[] | null)[], directions = 2) => {
  const tiles = grids.map((grid, slot) => tile(slot, grid))
  const { cells, side, rows, beside } = layoutOf(tiles, directions)
  return { side, rows, beside: beside.map(({ slot }) => slot), at: tiles.map((one) => { const cell = cells.get(one); return cell && [cell.column, cell.row] }) }
}
const axis = (name: string, negative = "", positive = "") => ({ name, negative, positive }) as Axis
const sheet = (changes: Partial<Sheet> = {}): Sheet => ({ level: 0, centre: [0, 0, 0], basis: [[1, 0, 0], [0, 0.6, -0.8]], half_width: 0.5, ...changes })

describe("where pictures stand on a map", () => {
  it("puts each in its cell, upwards on top", () => {
    expect(cellsOf([[0, 0], [1, 0], [-1, 1], [0, -1]])).toMatchObject({ side: 3, at: [[1, 1], [2, 1], [0, 0], [1, 2]] })
  })
  it("gives every picture a cell of its own, however close they lie", () => {
    const { side, at } = cellsOf([[0, 0], [0.1, 0], [0.2, 0.1], [0, 0.1], [1, 1], [-1, 1], [1, -1], [-1, -1], [0.1, -0.2]])
    expect(side).toBe(3)
    expect(new Set(at.map(String)).size).toBe(9)
  })
  it("leaves aside what does not lie on it", () => {
    expect(cellsOf([[0, 0], null, [1, 0]])).toMatchObject({ beside: [1], at: [[1, 1], undefined, [2, 1]] })
  })
  it("lays a line out in one row", () => {
    expect(cellsOf([[0], [1], [0.5], [-0.5]], 1)).toMatchObject({ side: 5, rows: 1, at: [[2, 0], [4, 0], [3, 0], [1, 0]] })
  })
  it("keeps the middle for the best so far before anything is proposed", () => {
    const tiles = Array.from({ length: 9 }, (_, slot) => ({ slot, candidate: null }) as unknown as Tile)
    const { cells } = layoutOf(tiles, 2)
    expect(tiles.map((one) => [cells.get(one)?.column, cells.get(one)?.row])).toEqual([[1, 1], [0, 0], [1, 0], [2, 0], [0, 1], [2, 1], [0, 2], [1, 2], [2, 2]])
  })
})

describe("what the sides of a map stand for", () => {
  it("names the poles of the axes that lead there most", () => {
    expect(sidesOf(sheet(), [axis("tone", "dark", "bright"), axis("gloss", "matte", "glossy"), axis("age")])).toEqual({
      right: "bright", left: "dark", up: "less age, glossy", down: "more age, matte",
    })
  })
  it("says nothing of a second direction that a line has not", () => {
    expect(sidesOf(sheet({ basis: [[1, 0, 0]] }), [axis("tone", "dark", "bright")]).up).toBe("")
  })
})

describe("how one came to look so closely", () => {
  const round = (index: number, level: number | null) => ({ index, sheet: level === null ? null : sheet({ level }) }) as RoundView
  it("follows the levels back to the widest, past rounds that were no map", () => {
    const rounds = [round(1, 0), round(2, 1), round(3, 0), round(4, 1), round(5, null), round(6, 2)]
    expect(diveOf(rounds, rounds[5] as RoundView).map(({ index }) => index)).toEqual([3, 4, 6])
    expect(diveOf(rounds, rounds[2] as RoundView).map(({ index }) => index)).toEqual([3])
  })
})

describe("where a map lies in the space", () => {
  it("is drawn over the axes that it runs along", () => {
    expect(planeOf(sheet())).toEqual([0, 2])
    const corners = outlineOf(sheet({ centre: [0.1, 0, 0.2] }), [0, 2])
    expect(corners.map((corner) => corner.map((value) => Number(value.toFixed(3))))).toEqual([[-0.4, 0.6], [0.6, 0.6], [0.6, -0.2], [-0.4, -0.2]])
  })
})
