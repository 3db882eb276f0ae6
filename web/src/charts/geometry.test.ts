import { describe, expect, it } from "vitest"
import type { AxisBelief, CandidateView, RoundView } from "../client/types"
import { HEIGHT, WIDTH, nearest, placesOf, sliceOf } from "./geometry"

const belief = {
  z: [-1, 0, 1], mean: [1, 0, -1], sd: [0.5, 0, 0.5], at: 0, best: -0.5, best_sd: 0.2, p_higher: 0.1, known: true, moved: null,
} as unknown as AxisBelief

describe("slice", () => {
  it("runs from edge to edge and crosses even odds at the best so far", () => {
    const slice = sliceOf(belief)
    expect([slice.x(-1), slice.x(1)]).toEqual([0, WIDTH])
    expect(slice.y(0)).toBe(HEIGHT / 2)
    expect(slice.line.split("L")[1]).toBe("50.00 22.00")
    expect(slice.line.startsWith("M0.00")).toBe(true)
  })
  it("has bands that close, the wide one around the narrow one", () => {
    const { inner, outer } = sliceOf(belief)
    const top = (path: string) => Number(path.slice(1).split("L")[0]?.split(" ")[1])
    expect(inner.endsWith("Z")).toBe(true)
    expect(top(outer)).toBeLessThan(top(inner))
  })
  it("finds the point under the pointer", () => {
    expect([nearest(21, 0), nearest(21, 0.52), nearest(21, 1.3), nearest(21, -1)]).toEqual([0, 10, 20, 0])
  })
})

describe("places", () => {
  const candidate = (id: string, z: number[], from: string | null = null) =>
    ({ id, z, carried_from: from, role: null, artifact: null, is_incumbent: false, is_final: false }) as unknown as CandidateView
  const rounds = [
    { index: 1, candidates: [candidate("a", [0, 0]), candidate("b", [1, -2])] },
    { index: 2, candidates: [candidate("c", [1, -2], "b"), candidate("d", [2, 2])] },
    { index: 3, candidates: [candidate("e", [1, -2], "c")] },
  ] as unknown as RoundView[]

  it("shows a carried picture once, where it came from, with all that became of it", () => {
    const places = placesOf({ rounds, radius: 2, plane: [0, 1], incumbentId: "e", isChosen: (_, one) => one.id === "c" })
    expect(places.map(({ id }) => id)).toEqual(["a", "b", "d"])
    expect(places[1]).toMatchObject({ round: 1, x: 0.5, y: 1, chosen: true, isBest: true })
    expect(places[2]).toMatchObject({ chosen: false, isBest: false })
  })
  it("lies on a line where there is one axis only", () => {
    const places = placesOf({ rounds, radius: 2, plane: [0, 0], incumbentId: null, isChosen: () => false })
    expect(places.map(({ y }) => y)).toEqual([0, 0, 0])
  })
})
