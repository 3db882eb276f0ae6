import { describe, expect, it } from "vitest"
import { differencesOf } from "./differences"

const base = { name: "a", request: { prompt: "a fox", steps: 10, assets: {} }, axes: ["red ↔ blue"], sampler: { kind: "trust_region", length: 0.5 }, seed: 7 }

describe("what differs among settings", () => {
  it("is nothing among equals, whatever they are called", () => {
    expect(differencesOf([base, { ...base, name: "b" }])).toEqual({ differ: [], same: 6 })
  })

  it("is told by dotted names, and what belongs to one kind of strategy alone is none", () => {
    const other = { ...base, sampler: { kind: "sobol" }, axes: [], request: { ...base.request, steps: 5 } }
    expect(differencesOf([base, other]).differ).toEqual([
      { name: "request.steps", cells: ["10", "5"] },
      { name: "axes", cells: ["red ↔ blue", ""] },
      { name: "sampler.kind", cells: ["trust_region", "sobol"] },
    ])
  })

  it("names a strategy's own setting only where two have it, with different values", () => {
    const longer = { ...base, sampler: { kind: "trust_region", length: 0.8 } }
    expect(differencesOf([base, longer, { ...base, sampler: { kind: "sobol" } }]).differ).toEqual([
      { name: "sampler.kind", cells: ["trust_region", "trust_region", "sobol"] },
      { name: "sampler.length", cells: ["0.5", "0.8", ""] },
    ])
  })
})
