import { expect, test } from "vitest"
import type { Step } from "./answers"
import { cell, fieldInWords, loudest, slices, stepInWords, term } from "./step"

const STEP: Step = {
  xy: { x: 0, y: 4 }, origin: { x0: -1, y0: 7 }, padding: [[true, false, false], [true, false, false], [true, false, false]],
  patch: [[0, 1, 0], [0, 1, 0], [0, 1, 0]], kernel: [[1, -1, 1], [1, -1, 1], [1, -1, 1]], product: [[0, -1, 0], [0, -1, 0], [0, -1, 0]],
  sums_by_channel: [-3], pre_bias_sum: -3, bias: 0.5, pre_activation: -2.5, activation: { mode: "relu", changed: true },
  computed: 0, captured: 0, difference: 0, agrees: true, rf: { status: "unavailable", reason: "none" },
}

test("numbers are short, keep their sign, and nothing is minus zero", () => {
  expect([0.657789, -12.34, 123.4, -0.001, 0].map((value) => cell(value))).toEqual(["0.66", "−12.3", "123", "0.00", "0.00"])
  expect([term(0.5), term(-0.0086)]).toEqual(["+ 0.500", "− 0.009"])
})

test("one channel and many are read alike", () => {
  expect(slices(STEP.patch)).toHaveLength(1)
  expect(slices([STEP.patch as number[][], STEP.patch as number[][]])).toHaveLength(2)
  expect(loudest([0.5, -2, 1])).toBe(1)
})

test("a step is read aloud with what lies beyond the edge, what ReLU does, and whether the model agrees", () => {
  expect(stepInWords(STEP)).toBe(
    "It reads nine pixels, 3 of them beyond the edge and so 0. Each times its weight, all together: −3.000; with the bias of 0.500 " +
    "that is −2.500. That is below zero, so ReLU makes it 0. The model itself made 0.000: the same.",
  )
  expect(stepInWords({ ...STEP, agrees: false, captured: 1 })).toContain("made 1.000: not the same")
})

test("a receptive field says its size, its place and what the edge cuts off, or why there is none", () => {
  const bounds = { x0: 0, y0: 7, x1: 1, y1: 9 }
  expect(fieldInWords({ status: "ok", bounds, size: 3, stride: 2, clamped: true })).toBe("It sees 2 × 3 pixels of the picture, cut from 3 × 3 at the edge: columns 0 to 1, rows 7 to 9.")
  expect(fieldInWords(STEP.rf)).toBe("No receptive field: none.")
})
