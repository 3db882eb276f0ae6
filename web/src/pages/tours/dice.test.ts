import { expect, it } from "vitest"
import type { CandidateView, RoundView } from "../../client/types"
import { distance, hidden, outcome, standings, thrown } from "./dice"

const candidate = (id: string, z: number[], carried_from: string | null = null) => ({ id, z, carried_from }) as CandidateView
const round = (index: number, chosen: string | null, candidates: CandidateView[]) =>
  ({ id: `rnd${String(index)}`, index, candidates, answer: chosen && { kind: "ranking", answer: { kind: "ranking", order: [chosen] } } }) as unknown as RoundView

it("targets lie away from the middle and throws fill the ball", () => {
  const reach = (place: number[]) => Math.hypot(...place)
  const targets = Array.from({ length: 500 }, () => reach(hidden(5, 2)))
  expect(Math.min(...targets)).toBeGreaterThanOrEqual(1.5)
  expect(Math.max(...targets)).toBeLessThanOrEqual(1.9)
  const throws = Array.from({ length: 4000 }, () => reach(thrown(5, 2)))
  expect(Math.max(...throws)).toBeLessThanOrEqual(2)
  const inner = throws.filter((length) => length < 2 * 0.5 ** (1 / 5)).length / throws.length
  expect(Math.abs(inner - 0.5)).toBeLessThan(0.04) // half of the volume, 5 sd
})
it("both arms are compared after the same number of pictures, carried ones not counted", () => {
  const rounds = [
    round(1, "b", [candidate("a", [0, 0]), candidate("b", [1, 0])]),
    round(2, "c", [candidate("b2", [1, 0], "b"), candidate("c", [1, 0.5])]),
    round(3, null, [candidate("c2", [1, 0.5], "c"), candidate("d", [0, 1])]),
  ]
  const throws = [[0, 0], [1, 1], [0.5, 1], null]
  expect(standings(rounds, [1, 1], throws)).toEqual([
    { renders: 2, steered: 1, dice: 0 },
    { renders: 3, steered: 0.5, dice: 0 },
  ])
  expect(standings(rounds, [1, 1], throws.slice(0, 2))[1]?.dice).toBeNull()
})
it("the outcome is told as it was", () => {
  expect(outcome({ renders: 13, steered: 0.3, dice: 0.6 })).toContain("You are nearer: 0.30")
  expect(outcome({ renders: 13, steered: 0.6, dice: 0.3 })).toContain("The dice were luckier")
  expect(outcome({ renders: 13, steered: 0.3, dice: null })).toBe("")
  expect(distance([0, 0], [3, 4])).toBe(5)
})
