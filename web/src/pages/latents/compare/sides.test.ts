import { expect, it } from "vitest"
import type { MapConfig } from "../explore/files"
import { curveOf, differences, marked, sharedOf, UNMARKED } from "./sides"

const config = (sha256: string, viz_indices: number[]): MapConfig =>
  ({ viz_indices, data: { name: "x", sha256, class_names: [], viz_labels: null }, training: { kind: "ae" } })

it("names the knobs that stand otherwise, and no other", () => {
  expect(differences({ a: 1, b: true, c: "x" }, { a: 1, b: false })).toEqual([{ knob: "b", values: [true, false] }, { knob: "c", values: ["x", undefined] }])
})

it("links pictures of one set alone", () => {
  expect(sharedOf(config("s", [1, 2, 3]), config("s", [3, 4, 1]))).toBe(2)
  expect(sharedOf(config("s", [1]), config("t", [1]))).toBe(0)
})

it("marks on the other map what is marked on one, if they are linked, and nothing else", () => {
  const chosen = { here: 3, chosen: [3, 4] }
  expect(marked([UNMARKED, UNMARKED], 0, chosen, true)).toEqual([chosen, chosen])
  expect(marked([UNMARKED, chosen], 0, { chosen: [9] }, false)).toEqual([{ here: null, chosen: [9] }, chosen])
})

it("draws a metric over the epochs of both, with gaps where one has none", () => {
  const row = (epoch: number, loss?: number) => ({ epoch, stage: "train", seconds: 1, loss })
  expect(curveOf("loss", [[row(1, 5), row(2, 4)], [row(2, 9), row(3)]])).toEqual({ xs: [1, 2], lines: [[5, 4], [null, 9]] })
  expect(curveOf("accuracy", [[row(1, 5)], []])).toBeNull()
})
