import { describe, expect, it } from "vitest"
import { leftInWords, phaseInWords } from "./PhaseBar"

const generating = (timeLeft: [number, number] | null) => ({ phase: "generating", done: 3, total: 10, timeLeft })

describe("phases in words", () => {
  it.each([
    [undefined, "waiting"],
    [generating(null), "step 3 of 10"],
    [{ phase: "halving", done: 2, total: 4 }, "The pictures did not fit together; making them 2 at a time."],
    [{ phase: "comparing", done: 1, total: 3 }, "comparing with what was kept, 1 of 3"],
    [{ phase: "reading", done: 0, total: 0 }, "reading your answer"],
    [{ phase: "a plugin's own", done: 0, total: 0 }, "a plugin's own"],
  ])("%j: %s", (live, words) => {
    expect(phaseInWords(live)).toBe(words)
  })
  it.each([
    [null, ""],
    [[0, 0], ""],
    [[0.2, 0.7], "less than a second left"],
    [[0.2, 4.2], "up to 5 s left"],
    [[3.4, 4.6], "about 3 to 5 s left"],
    [[5, 5], "about 5 s left"],
    [[60, 200], "about 1 to 4 min left"],
  ] as [[number, number] | null, string][])("%j seconds: %s", (timeLeft, words) => {
    expect(leftInWords(generating(timeLeft))).toBe(words)
  })
})
