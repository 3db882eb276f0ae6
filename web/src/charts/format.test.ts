import { describe, expect, it } from "vitest"
import type { Axis, AxisBelief } from "../client/types"
import { axisTitle, mapInWords, movedInWords, placeInWords, share, sliceInWords } from "./format"

const axis: Axis = { name: "red ↔ blue", negative: "red", positive: "blue", source: "attribute", unit: 1, scale: 1, measured: false }

function belief(changes: Partial<AxisBelief> = {}): AxisBelief {
  return {
    axis, z: [-1, 0, 1], mean: [0.4, 0, -2], sd: [0.3, 0, 0.9], at: 0, best: -0.55, best_sd: 0.24,
    p_higher: 0.1, known: true, moved: -0.21, ...changes,
  }
}

describe("numbers", () => {
  it("tells utility as how often one is preferred", () => {
    expect(share(0)).toBe(0.5)
    expect(share(Math.log(3))).toBeCloseTo(0.75)
    expect(share(-800)).toBe(0)
    expect(placeInWords(0.31, Math.log(3))).toBe("at +0.3: 75 %")
  })
})

describe("axes in words", () => {
  it("names an axis by what its ends don't say", () => {
    expect(axisTitle(axis)).toBe("red ↔ blue")
    expect(axisTitle({ ...axis, name: "mix 1: red ↔ blue" })).toBe("mix 1")
    expect(axisTitle({ ...axis, name: "warmth" })).toBe("warmth")
  })
  it("says what the last answer moved, and where to", () => {
    expect(movedInWords([belief({ moved: 0.1 }), belief()])).toBe("Your last answer moved me 0.2 towards red.")
    expect(movedInWords([belief({ moved: 0.34 })])).toBe("Your last answer moved me 0.3 towards blue.")
    expect(movedInWords([belief({ moved: 0.04 })])).toBe("Your last answer hardly moved anything.")
    expect(movedInWords([belief({ moved: null })])).toBe("")
  })
  it("reads a slice in one sentence, towards the side that is better than the best so far", () => {
    expect(sliceInWords(belief())).toBe(
      "red to blue: you seem to like −0.6 ± 0.2 best, nearer to red than your best so far, 90 % sure.",
    )
    expect(sliceInWords(belief({ at: -0.9, p_higher: 0.85 }))).toContain("nearer to blue than your best so far, 85 % sure")
    expect(sliceInWords(belief({ known: false }))).toBe("red to blue: can't tell yet which side you like better.")
  })
  it("reads the map in one line", () => {
    expect(mapInWords(0, 0, axis, null)).toBe("Nothing tried yet: each picture becomes a dot here.")
    expect(mapInWords(4, 1, axis, null)).toBe("4 places tried in 1 round; nothing chosen yet.")
    expect(mapInWords(7, 2, axis, -0.4)).toBe("7 places tried in 2 rounds; your best lies towards red.")
    expect(mapInWords(7, 2, axis, 0.01)).toBe("7 places tried in 2 rounds; your best lies in the middle.")
  })
})
