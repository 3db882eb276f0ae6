import { expect, it } from "vitest"
import { changeInWords, isStanding, keptDoses, signalsIn, toldAxes, toldDoses, whyInWords } from "./learned"

const AXES = [{ name: "formality", poles: { negative: "casual", positive: "formal" } }, { name: "mood", poles: { negative: "gloomy", positive: "cheerful" } }]

it("says what was learned in the words of the poles, and nothing of what stayed", () => {
  expect(changeInWords({ formality: 0.1 }, { formality: 0.2, mood: -0.3 }, AXES)).toBe("a bit more formal, more gloomy")
  expect(changeInWords({ formality: 0.1 }, { formality: 0.11 }, AXES)).toBe("")
})

it("tells what a dose rests on", () => {
  const grounds = [{ event: 0, kind: "compared", pull: 1 }, { event: 1, kind: "reaction", pull: 1 }]
  const one = { axis: "formality", dose: 0, best: 0, sd: 1, p_positive: 0.5, by_hand: null, grounds }
  expect(whyInWords(one)).toBe("rests on 1 of your comparisons and 1 of your reactions")
  expect(whyInWords({ ...one, by_hand: 2 })).toBe("you set it by hand")
  expect(whyInWords({ ...one, grounds: [] })).toBe("nothing tells of it yet")
})

const ROOM = { axes: ["a", "b", "c"], active: ["c"], max_active: 2 }

it("tells a profile of its own axes, those that it steers first, and of no more than it has room for", () => {
  expect(toldAxes(["a", "b", "c", "d"], ROOM)).toEqual(["c", "a"])
  expect(toldAxes(["a", "d"], { ...ROOM, active: ["b", "c"] })).toEqual([])
})

it("tells a profile no dose past the full pole, and none of an axis that it does not have", () => {
  expect(toldDoses({ a: 1.4, c: -0.2, d: 1 }, ROOM)).toEqual({ c: -0.2, a: 1 })
})

it("knows what was taken back", () => {
  const events = [{ kind: "reaction" }, { kind: "reaction" }, { kind: "taken_back", event: 0 }]
  expect([0, 1, 2, 7].map((place) => isStanding(events, place, "reaction"))).toEqual([false, true, false, false])
})

it("counts what the withdrawal of consent would erase, and nothing that stays", () => {
  const kinds = ["consent", "reaction", "compared", "doses_set", "time_spent", "remarked", "edited", "erased", "taken_back"]
  expect(signalsIn(kinds.map((kind) => ({ kind })))).toBe(4)
  expect(signalsIn([{ kind: "consent" }, { kind: "erased" }])).toBe(0)
})

it("keeps doses of axes made after the profile too, while there is room", () => {
  expect(keptDoses({ a: 1.4, c: -0.2, d: 0.5 }, { ...ROOM, max_active: 3 })).toEqual({ c: -0.2, a: 1, d: 0.5 })
  expect(keptDoses({ c: -0.2, d: 0.5 }, ROOM)).toEqual({ c: -0.2, d: 0.5 })
  expect(keptDoses({ d: 0.5 }, { ...ROOM, max_active: 1 })).toEqual({})
})
