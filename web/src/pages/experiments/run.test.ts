import { describe, expect, it } from "vitest"
import { changed } from "./run"

const base = { request: { prompt: "a fox", steps: 10 }, model: "starter", seed: 7, sampler: { kind: "trust_region", length: 0.5 }, name: "mine" }

describe("running the same with something else", () => {
  it("draws another seed unless one is given, and keeps all that isn't changed", () => {
    const another = changed(base, { prompt: "a fox", seed: "" })
    expect(another).toEqual({ ...base, seed: undefined })
    expect("seed" in another).toBe(false)
    expect(changed(base, { prompt: "a fox", seed: " 41" }).seed).toBe(41)
  })

  it("takes another kind with its own defaults, not with the settings of the one before", () => {
    expect(changed(base, { prompt: "an owl", seed: "", sampler: "sobol", basis: undefined })).toMatchObject({ sampler: "sobol", request: { prompt: "an owl", steps: 10 } })
  })

  it("keeps the units of the axes only while the axes are the same", () => {
    const scaled = { ...base, scales: [1.2, null] }
    expect("scales" in changed(scaled, { prompt: "a fox", seed: "", sampler: "sobol" })).toBe(true)
    expect("scales" in changed(scaled, { prompt: "an owl", seed: "" })).toBe(false)
    expect("scales" in changed(scaled, { prompt: "a fox", seed: "", basis: "hybrid" })).toBe(false)
  })

  it("leaves a seed that is no number to be refused, rather than to be drawn", () => {
    expect(changed(base, { prompt: "a fox", seed: "x1" }).seed).toBe("x1")
  })
})
