import { expect, it } from "vitest"
import type { ModelInfo } from "../client/types"
import { drawnBy } from "./draft"

const formula = {
  ref: "analytic",
  capabilities: { text: false, max_steps: 0, guidance: false, negative_prompt: false, size: null, schedulers: [] as string[] },
} as unknown as ModelInfo

it("a draft for another model leaves behind what that one has no field for, and keeps the rest", () => {
  const draft = {
    axes: ["red | blue"], seed: 3, model: "starter",
    request: { prompt: "a fox", steps: 4, guidance: 3, negative_prompt: "rain", width: 64, scheduler: "ddim" },
  }
  expect(drawnBy(draft, "analytic", formula)).toEqual({ seed: 3, model: "analytic", request: { prompt: "a fox" } })
  const painter = {
    ref: "own", capabilities: { text: true, max_steps: 50, guidance: true, negative_prompt: true, size: [64, 64], schedulers: ["ddim"] },
  } as unknown as ModelInfo
  expect(drawnBy(draft, "own", painter)).toEqual({ ...draft, model: "own" })
})
