import { describe, expect, it } from "vitest"
import { lineOf, reading } from "./yaml"

const TEXT = "# mine\nrequest:\n  prompt: a fox\n  steps: 9999\ncandidates: 4\naxes:\n  - red | blue\n  - ''\n"

describe("settings as YAML", () => {
  it("are read, and what can't be read says at which line", () => {
    expect(reading("candidates: 4").value).toEqual({ candidates: 4 })
    expect(reading("request:\n  prompt: [a\n").error).toMatch(/line [23]/)
    expect(reading("request:\n  prompt: [a\n").value).toBeUndefined()
  })

  it("show the line of a setting, in whatever it lies", () => {
    expect([lineOf(TEXT, "request.steps"), lineOf(TEXT, "candidates"), lineOf(TEXT, "axes.1")]).toEqual([4, 5, 8])
  })

  it("show the nearest line that holds a setting which isn't there", () => {
    expect(lineOf(TEXT, "request.width")).toBe(3)
    expect(lineOf(TEXT, "sampler.kind")).toBeNull()
  })
})
