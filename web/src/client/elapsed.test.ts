import { expect, it } from "vitest"
import { msSince } from "./elapsed"

const DAY = 24 * 3600 * 1000

it("a decision lasts from the first look at the pictures", () => {
  expect(msSince(1000, 4500)).toBe(3500)
})
it("what is not known is not sent, so that no answer is refused for its time", () => {
  expect(msSince(null, 4500)).toBeNull()
  expect(msSince(4500, 1000)).toBeNull()
  expect(msSince(0, 12 * DAY)).toBeNull()
})
