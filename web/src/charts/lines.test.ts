import { describe, expect, it } from "vitest"
import { across, down, nearestX, topOf, xsOf } from "./lines"

const lines = [
  { name: "a", points: [[1, 0.2], [3, 0.1]] },
  { name: "b", points: [[2, 0.41]] },
] as const

describe("lines over rounds or time", () => {
  it("share one scale that begins at zero and ends at a round number", () => {
    expect(xsOf(lines)).toEqual([1, 2, 3])
    expect(topOf(lines)).toBeCloseTo(0.5)
    expect(topOf([{ name: "a", points: [[0, 1200]] }])).toBe(1500)
    expect(topOf([{ name: "a", points: [[0, 100]] }])).toBe(100)
    expect([down(0.5, 0), down(0.5, 0.5)]).toEqual([100, 0])
  })

  it("find the place under the pointer, and stand in the middle when there is only one", () => {
    const xs = xsOf(lines)
    expect([0, 0.3, 0.49, 0.9].map((share) => nearestX(xs, share))).toEqual([1, 2, 2, 3])
    expect(nearestX([], 0.5)).toBeNull()
    expect(across([7], 7)).toBe(50)
    expect(across(xs, 1)).toBeLessThan(across(xs, 2))
  })
})
