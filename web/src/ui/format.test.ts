import { expect, it } from "vitest"
import { ago, count, percent, shortAxis, signed, spread } from "./format"

it("shares are whole per cents, and never a certainty", () => {
  expect([0, 0.004, 0.41, 0.995, 1].map(percent)).toEqual(["0 %", "< 1 %", "41 %", "> 99 %", "100 %"])
})
it("numbers carry their sign, and a rounded zero has none", () => {
  expect([0.44, -0.6, -0.04, 0].map((value) => signed(value))).toEqual(["+0.4", "−0.6", "0.0", "0.0"])
})
it("how sure a number is takes few signs", () => {
  expect([0.21, 1.24, 0.02].map((sd) => spread(sd))).toEqual(["± .2", "± 1.2", "± .0"])
})
it("one round, two rounds", () => {
  expect([count(1, "round"), count(2, "round")]).toEqual(["1 round", "2 rounds"])
})
it("what the ends of an axis share is said once", () => {
  expect(shortAxis("on a white background ↔ on a black background")).toBe("white ↔ black background")
  expect(shortAxis("noto style ↔ fluent style")).toBe("noto ↔ fluent style")
  expect(shortAxis("red ↔ blue")).toBe("red ↔ blue")
  expect(shortAxis("small ↔ on a yellow background")).toBe("small ↔ on a yellow background")
})
it("times are told from now", () => {
  const now = Date.parse("2026-01-01T12:00:00Z")
  expect(ago("2026-01-01T11:55:00Z", now)).toBe("5 minutes ago")
  expect(ago("2026-01-01T11:59:50Z", now)).toBe("just now")
  expect(ago("2025-12-31T12:00:00Z", now)).toBe("yesterday")
})
