import { describe, expect, it } from "vitest"
import { filterOf, wantedOf } from "./filter"

describe("what is looked for", () => {
  it("is what the address says, and nothing that isn't asked for", () => {
    expect(wantedOf({ text: " fox ", model: "", page: "2", state: "active" })).toEqual({ text: "fox", state: "active" })
    expect(wantedOf({ text: 41 })).toEqual({ text: "41" })
    expect(wantedOf({})).toEqual({})
  })

  it("takes days whole, in the person's own time zone", () => {
    const { since, until } = filterOf({ since: "2026-03-01", until: "2026-03-01" })
    const [from, to] = [new Date(since ?? ""), new Date(until ?? "")]
    expect([from.getDate(), from.getHours(), to.getDate(), to.getHours()]).toEqual([1, 0, 2, 0])
  })

  it("asks for sessions with favourites, whatever the address says of them", () => {
    expect(filterOf(wantedOf({ favourites: "yes" }))).toEqual({ favourites: true })
    expect(filterOf(wantedOf({ favourites: "" }))).toEqual({})
  })

  it("names an experiment as the lab does, and leaves out what can't be meant", () => {
    expect(filterOf({ experiment: "exp_1", sampler: "sobol", state: "asleep", since: "soon" })).toEqual({ experiment_id: "exp_1", sampler: "sobol" })
  })
})
