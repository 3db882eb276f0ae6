import { expect, it } from "vitest"
import { reachOf } from "./reach"

it("a point steered by hand never leaves the ball", () => {
  const z = [0.6, 0.7, 0]
  const reach = reachOf(z, 1, 1)
  expect(reach).toBeCloseTo(0.8)
  expect(Math.hypot(0.6, reach, 0)).toBeLessThanOrEqual(1 + 1e-12)
})
it("where the others use all of it, nothing is left", () => {
  expect(reachOf([1, 0], 1, 1)).toBe(0)
})
