import { describe, expect, it } from "vitest"
import { effectInWords, unitInWords } from "./effect"

const of = (visible_effect: number | null, measured = true) => effectInWords({ name: "red ↔ blue", visible_effect, measured })

describe("what one unit of an axis changes", () => {
  it("is told beside what another seed changes", () => {
    expect(of(0.97)).toBe("one unit changes about as much as another seed")
    expect(of(0.33)).toBe("one unit changes about 35 % of what another seed changes")
    expect(of(2.04)).toBe("one unit changes about 2.0 times as much as another seed")
    expect(of(0.01)).toBe("one unit changes hardly anything you could see")
  })

  it("says so where the unit was not measured, and where nothing is known", () => {
    expect(of(1, false)).toBe("one unit changes about as much as another seed · unit not measured")
    expect(of(null, false)).toBe("not known how much one unit changes · unit not measured")
  })

  it("says what a session makes of a unit that these pictures were the first to measure", () => {
    const seen = { name: "red ↔ blue", visible_effect: 2, measured: false }
    expect(unitInWords({ ...seen, scale: 0.786 })).toContain("takes 0.79 of it as one unit")
    expect(unitInWords({ ...seen, scale: null })).toContain("one unit is one caption difference")
    expect(unitInWords({ ...seen, measured: true, scale: 0.786 })).toBeUndefined()
  })
})
