import { describe, expect, it } from "vitest"
import { anchorsOf } from "./anchors"
import type { Knn } from "./files"
import { alphaOf, edgesOf, gateOf, radiusOf } from "./gate"
import { nearestAt, nextTowards, spread, within } from "./picking"
import { fitOf, placed } from "./scales"
import { between, eased } from "./tween"

// Three points; on the flat map lengths are half the latent ones, in space twice.
const KNN: Knn = {
  k: 2,
  data: {
    rows: [[1, 2], [0, 2], [1, 0]], d_latent: [[1, 4], [1, 2], [2, 4]], d_k: [4, 2, 4],
    d_proj: { "2d": [[0.5, 2], [0.5, 1], [1, 2]], "3d": [[2, 8], [2, 4], [4, 8]] },
  },
}

describe("the gate of edges", () => {
  it("reaches farther the larger the latent d_k is, normalised or not", () => {
    for (const dims of [2, 3] as const)
      for (const extent of [0.1, 1, 3]) {
        const radii = [0.1, 1, 2, 4, 50].map((dK) => radiusOf(dK, extent, gateOf(KNN, dims)))
        expect(radii).toEqual([...radii].sort((a, b) => a - b))
        expect(new Set(radii).size).toBe(radii.length)
      }
  })

  it("takes its scale from the kept distances of the map's own dimension", () => {
    expect(gateOf(KNN, 2).unit).toBe(0.5)
    expect(gateOf(KNN, 3).unit).toBe(2)
  })

  it("lets edges fade beyond the radius without a step, and never to nothing", () => {
    const gate = { unit: 1, tau: 0.5 }
    expect(alphaOf(1, 1, gate)).toBe(1)
    expect(alphaOf(0.2, 1, gate)).toBe(1)
    expect(alphaOf(1 + 1e-6, 1, gate)).toBeCloseTo(1, 5)
    expect(alphaOf(1.5, 1, gate)).toBeCloseTo(Math.exp(-1))
    expect(alphaOf(9, 1, gate)).toBeGreaterThan(0)
  })

  it("draws the nearest within reach, or all of them alike", () => {
    const gate = gateOf(KNN, 2)
    const near = edgesOf([0], KNN, 2, { gate, extent: 0.25 })
    expect(near.map(({ to, alpha }) => [to, alpha === 1])).toEqual([[1, true], [2, false]])
    expect(edgesOf([0, 2], KNN, 2, null)).toEqual([
      { from: 0, to: 1, alpha: 1 }, { from: 0, to: 2, alpha: 1 }, { from: 2, to: 1, alpha: 1 }, { from: 2, to: 0, alpha: 1 },
    ])
  })
})

describe("where a map lies", () => {
  it("keeps one scale for all axes and has the middle at zero", () => {
    const points = [[0, 10, 5], [4, 12, 5]]
    const fit = fitOf(points)
    const [ax = 0, ay = 0, az, bx = 0, by = 0] = placed(points, fit)
    expect(bx - ax).toBeCloseTo(2 * (by - ay), 5)
    expect([ax + bx, ay + by, az]).toEqual([0, 0, 0])
    expect(Math.max(...placed(points, fit))).toBeLessThanOrEqual(1)
  })

  it("takes maps that have no extent", () => {
    expect([...placed([[3, 3]], fitOf([[3, 3]]))]).toEqual([0, 0])
    expect(fitOf([]).scale).toBe(1)
  })

  it("moves points from where they were to where they belong", () => {
    const [from, to] = [new Float32Array([0, 0]), new Float32Array([2, -4])]
    expect([...between(from, to, 0.5, new Float32Array(2))]).toEqual([1, -2])
    expect([eased(-1), eased(0), eased(0.5), eased(1), eased(2)]).toEqual([0, 0, 0.5, 1, 1])
  })

  it("writes the name of a group at one of its points, amidst them", () => {
    expect(anchorsOf([[0, 0], [1, 1], [9, 9], [5, 5]], [0, 0, 0, 1], 2)).toEqual([1, null])
  })
})

describe("points on the screen", () => {
  const places = new Float32Array([0, 0, 10, 0, 30, 4, NaN, NaN])

  it("finds the nearest within reach that is drawn", () => {
    expect(nearestAt(places, 9, 1, 5)).toBe(1)
    expect(nearestAt(places, 20, 20, 5)).toBeNull()
  })

  it("walks to the next one ahead and stays at an end", () => {
    expect(nextTowards(places, 0, [1, 0])).toBe(1)
    expect(nextTowards(places, 1, [1, 0])).toBe(2)
    expect(nextTowards(places, 2, [1, 0])).toBeNull()
    expect(nextTowards(places, 2, [-1, 0])).toBe(1)
  })

  it("takes what lies within an outline, also one that bends inwards", () => {
    const bent = [[-5, -5], [40, -5], [40, 10], [10, -2], [-5, 10]] as const
    expect(within(places, bent)).toEqual([0, 2])
  })

  it("leaves out pictures that would lie on another", () => {
    expect(spread(places, 12, 100, 100)).toEqual([0, 2])
  })
})
