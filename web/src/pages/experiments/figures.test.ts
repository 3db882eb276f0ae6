import { describe, expect, it } from "vitest"
import type { ComparedSession } from "../../client/types"
import { FIGURES, gainInOneLine, gainLines, NOT_KNOWN, wilson } from "./figures"

const none: ComparedSession["figures"] = {
  rounds: 1, answers: 0, renders: 4, closeness: null, expected_gains: [null], incumbent_changes: 0, incumbent_distance: null,
  decision_s: null, forecasts: 0, forecast_hits: null, forecast_expected: null, forecast_skill: null, retracted: 0, repeats: 0, repeats_same: 0,
}
const some = { ...none, answers: 3, retracted: 1, expected_gains: [null, 0.5, 0.21], forecasts: 2, forecast_hits: 0.5, forecast_skill: -0.2, decision_s: 2.34 }
const of = (name: string, figures: typeof none) => FIGURES.find((row) => row.name === name)?.of(figures)
const session = (name: string, figures: typeof none) => ({ name, figures }) as ComparedSession

describe("figures of a session", () => {
  it("say unknown where nothing could be computed, and never zero instead", () => {
    for (const name of ["How close it came", "Still to gain", "Changes of mind", "Way from the prompt", "Time to answer", "Forecasts right", "Skill of forecasts", "Same choice again"])
      expect(of(name, none), name).toEqual({ value: NOT_KNOWN })
  })

  it("come with how sure they are, or what they rest on", () => {
    expect(of("Forecasts right", some)).toEqual({ value: "50 %", rests: "12 % to 88 %, from 2 rounds" })
    expect(of("Time to answer", some)).toEqual({ value: "2.3 s", rests: "the middle one of 3 answers" })
    expect(of("Same choice again", { ...some, repeats: 5, repeats_same: 4 })).toEqual({ value: "4 of 5", rests: "44 % to 95 % of such sets" })
    expect(of("Answers", some)).toEqual({ value: "3", rests: "1 taken back" })
    expect(of("Still to gain", some)?.value).toBe("0.21")
  })

  it("know a share's interval as it stands in print: 8 of 10, at 95 %", () => {
    const [low, high] = wilson(0.8, 10, 1.96)
    expect([low.toFixed(3), high.toFixed(3)]).toEqual(["0.490", "0.943"])
    expect(wilson(0, 3)[0]).toBe(0)
  })

  it("draw each session's gain from its second round on, twins told apart", () => {
    const lines = gainLines([session("a fox", some), session("a fox", none), session("an owl", some)])
    expect(lines.map(({ name }) => name)).toEqual(["1 · a fox", "2 · a fox", "an owl"])
    expect(lines[0]?.points).toEqual([[2, 0.5], [3, 0.21]])
    expect(gainInOneLine(lines)).toBe("Least is left in “1 · a fox”: 0.21 before round 3. 1 session has no answer yet.")
    expect(gainInOneLine([])).toMatch(/^Not known/)
  })
})
