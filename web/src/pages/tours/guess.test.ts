import { expect, it } from "vitest"
import type { RoundView } from "../../client/types"
import { guessesOf, outcome } from "./guess"

const round = (index: number, shares: (number | null)[], chosen: number | null) =>
  ({
    index, candidates: shares.map((p_best, slot) => ({ id: String(slot), forecast: p_best === null ? null : { p_best } })),
    answer: chosen === null ? null : { kind: "ranking", answer: { kind: "ranking", order: [String(chosen)] } },
  }) as unknown as RoundView

it("a choice is held against what was forecast of it, and a round that waits is not told", () => {
  expect(guessesOf([round(1, [0.25, 0.25, 0.25, 0.25], 2), round(2, [0.1, 0.6, 0.3], 0), round(3, [0.1, 0.9], null)])).toEqual([
    { index: 1, given: 0.25, blind: 0.25, isHit: true }, { index: 2, given: 0.1, blind: 1 / 3, isHit: false },
  ])
  expect(guessesOf([round(1, [null, null], 1)])).toEqual([])
})
it("the outcome is told as it was", () => {
  const of = (given: number, isHit: boolean) => [{ index: 1, given, blind: 0.25, isHit }]
  expect(outcome(of(0.6, true))).toBe("I begin to know you: I gave your choices 60 % on average, a blind guess gives 25 %. My favourite was yours 1 time of 1.")
  expect(outcome(of(0.1, false))).toMatch(/^You surprised me: .* 0 times of 1\.$/)
  expect(outcome(of(0.26, true))).toMatch(/^I can’t tell yet/)
  expect(outcome([])).toBe("")
})
