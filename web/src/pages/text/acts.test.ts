import { expect, test } from "vitest"
import { lookedAt, placesOf, reacted, remarked, takenBack } from "./acts"

const at = "2026-01-01T00:00:00Z"
const events = [
  { kind: "doses_set", doses: {}, at }, { kind: "consent", given: true, at },
  { kind: "remarked", axis: "a", wish: 1, doses: {}, words: "", at }, { kind: "remarked", axis: "b", wish: -1, doses: {}, words: "", at },
] as never

test("what an act added can be taken back whole, and consent stands", () => {
  expect(placesOf(1, { events })).toEqual([2, 3])
  expect(takenBack(placesOf(1, { events }))).toEqual([{ kind: "taken_back", event: 2 }, { kind: "taken_back", event: 3 }])
  expect(placesOf(4, { events })).toEqual([])
})

test("what is done in passing never asks for consent", () => {
  expect([reacted("copied", {}), reacted("regenerated", {}), lookedAt(3, { content: "Hello.", doses: {} })].map(({ isMeant }) => isMeant)).toEqual([false, false, false])
  expect([reacted("thumbs_up", {}), remarked("too stiff", {})].map(({ isMeant }) => isMeant)).toEqual([true, true])
})
