import { describe, expect, it } from "vitest"
import type { Answer } from "../client/types"
import { answerOf, pairOf, selectionOf, waysIn } from "./answer"
import { chosen, nothing, selected, type Act, type Doing, type Selection } from "./gesture"

const ids = ["a", "b", "c", "d"]
const acting = (start: Selection, ...acts: Doing[]) =>
  acts.reduce((before, act, at) => selected(before, { ...act, at } as Act), start)

const pressing = (before: Selection, id: string) => {
  const doing = chosen(before, id, ids[0])
  return doing === null ? before : acting(before, doing)
}

describe("pick, top-k and rank are one control", () => {
  it("the first click is the best, more give second and third", () => {
    const after = acting(nothing("ranking"), { type: "pick", id: "c" }, { type: "pick", id: "a" })
    expect(answerOf(after, ids)).toEqual({ kind: "ranking", order: ["c", "a"] })
  })
  it("a click again takes it back, and those behind move up", () => {
    const after = acting(nothing("ranking"), { type: "pick", id: "c" }, { type: "pick", id: "a" }, { type: "pick", id: "c" })
    expect(answerOf(after, ids)).toEqual({ kind: "ranking", order: ["a"] })
  })
  it("nothing clicked is no answer", () => {
    expect(answerOf(nothing("ranking"), ids)).toBeNull()
  })
  it("the raw gesture is kept, taken-back picks included", () => {
    const after = acting(nothing("ranking"), { type: "pick", id: "c" }, { type: "pick", id: "c" })
    expect(after.log).toEqual([[0, "pick", "c"], [1, "pick", "c"]])
  })
  it("a key that is held down makes no gesture that is too long to send, and what is left out is counted", () => {
    let after = nothing("ratings")
    for (let at = 0; at < 3000; at++) after = selected(after, { type: "rate", id: "cnd_0123456789abcdef", stars: 5, at: 1e12 + at })
    expect(JSON.stringify({ acts: after.log }).length).toBeLessThan(60_000)
    expect([after.log.at(499)?.[0], after.log.at(500)?.[0], after.log.at(-1)?.[0]]).toEqual([1e12 + 499, 1e12 + 2500, 1e12 + 2999])
    expect(after.log.length + after.leftOut).toBe(3000)
  })
  it("a picture that is no longer there is not sent", () => {
    const after = acting(nothing("ranking"), { type: "pick", id: "gone" }, { type: "pick", id: "b" })
    expect(answerOf(after, ids)).toEqual({ kind: "ranking", order: ["b"] })
  })
})

describe("A/B", () => {
  it("compares the best so far with the first of the others", () => {
    expect(pairOf(ids, nothing("pairwise"))).toEqual(["a", "b"])
  })
  it("takes another rival, and forgets a victory of the one before", () => {
    const after = acting(nothing("pairwise"), { type: "rival", id: "b" }, { type: "win", id: "b" }, { type: "rival", id: "d" })
    expect(pairOf(ids, after)).toEqual(["a", "d"])
    expect(answerOf(after, ids)).toBeNull()
  })
  it("names winner and loser", () => {
    const after = acting(nothing("pairwise"), { type: "rival", id: "c" }, { type: "win", id: "a" })
    expect(answerOf(after, ids)).toEqual({ kind: "pairwise", winner: "a", loser: "c" })
  })
})

describe("stars and yes/no", () => {
  it("the same star again takes it back", () => {
    const after = acting(nothing("ratings"), { type: "rate", id: "a", stars: 4 }, { type: "rate", id: "b", stars: 2 }, { type: "rate", id: "b", stars: 2 })
    expect(answerOf(after, ids)).toEqual({ kind: "ratings", stars: { a: 4 } })
  })
  it("a favourite is approved with it, and falls when it is rejected", () => {
    const liked = acting(nothing("approval"), { type: "favourite", id: "b" })
    expect(answerOf(liked, ids)).toEqual({ kind: "approval", approved: { b: true }, favourite: "b" })
    const rejected = acting(liked, { type: "approve", id: "b", yes: false })
    expect(answerOf(rejected, ids)).toEqual({ kind: "approval", approved: { b: false } })
  })
  it("switching the way of answering loses nothing", () => {
    const there = acting(nothing("ranking"), { type: "pick", id: "c" }, { type: "mode", kind: "ratings" }, { type: "rate", id: "a", stars: 5 })
    const back = acting(there, { type: "mode", kind: "ranking" })
    expect(answerOf(back, ids)).toEqual({ kind: "ranking", order: ["c"] })
  })
})

describe("the worst", () => {
  it("the first press drops one, a second keeps another, and a press again takes each back", () => {
    const drop = pressing(nothing("worst"), "d")
    expect(answerOf(drop, ids)).toEqual({ kind: "worst", worst: "d" })
    const kept = pressing(drop, "b")
    expect(answerOf(kept, ids)).toEqual({ kind: "worst", worst: "d", best: "b" })
    expect(answerOf(pressing(kept, "b"), ids)).toEqual({ kind: "worst", worst: "d" })
    expect(answerOf(pressing(kept, "d"), ids)).toBeNull()
  })
  it("what is dropped is kept no more", () => {
    const both = acting(nothing("worst"), { type: "drop", id: "d" }, { type: "favourite", id: "b" }, { type: "drop", id: "b" })
    expect(answerOf(both, ids)).toEqual({ kind: "worst", worst: "b" })
  })
})

describe("a shortlist", () => {
  it("keeps any number, with a favourite that is kept by being it", () => {
    const after = acting(pressing(nothing("shortlist"), "a"), { type: "favourite", id: "c" })
    expect(answerOf(after, ids)).toEqual({ kind: "shortlist", kept: ["a", "c"], favourite: "c" })
    expect(answerOf(pressing(after, "c"), ids)).toEqual({ kind: "shortlist", kept: ["a"] })
  })
  it("is empty only where that was said", () => {
    expect(answerOf(nothing("shortlist"), ids)).toBeNull()
    expect(answerOf(pressing(pressing(nothing("shortlist"), "a"), "a"), ids)).toBeNull()
    const none = acting(pressing(nothing("shortlist"), "a"), { type: "none" })
    expect(answerOf(none, ids)).toEqual({ kind: "shortlist", kept: [] })
    expect(answerOf(pressing(none, "b"), ids)).toEqual({ kind: "shortlist", kept: ["b"] })
  })
})

describe("against the best so far", () => {
  it("a press says better, then same, then worse, then nothing, and the best itself isn't judged", () => {
    let after = nothing("versus")
    const said = []
    for (let press = 0; press < 4; press++) {
      after = pressing(after, "b")
      said.push(after.verdicts.b)
    }
    expect(said).toEqual(["better", "same", "worse", undefined])
    expect(chosen(after, "a", "a")).toBeNull()
    expect(answerOf(after, ids)).toBeNull()
  })
  it("the best of them is better, and falls when it is called worse", () => {
    const best = acting(nothing("versus"), { type: "judge", id: "b", verdict: "worse" }, { type: "favourite", id: "d" })
    expect(answerOf(best, ids)).toEqual({ kind: "versus", incumbent: "a", verdicts: { b: "worse", d: "better" }, best: "d" })
    const fallen = acting(best, { type: "judge", id: "d", verdict: "worse" })
    expect(answerOf(fallen, ids)).toEqual({ kind: "versus", incumbent: "a", verdicts: { b: "worse", d: "worse" } })
  })
})

describe("instead of a choice", () => {
  it("a tie takes two at least, those already picked among them", () => {
    const one = acting(nothing("ranking"), { type: "pick", id: "c" }, { type: "mode", kind: "tie" })
    expect(answerOf(one, ids)).toBeNull()
    expect(answerOf(pressing(one, "a"), ids)).toEqual({ kind: "tie", items: ["c", "a"] })
  })
  it("why one can't decide is the answer", () => {
    const after = acting(nothing("undecided"), { type: "why", why: "bad" })
    expect(answerOf(after, ids)).toEqual({ kind: "undecided", why: "bad" })
    expect(answerOf(acting(after, { type: "why", why: "bad" }), ids)).toBeNull()
    expect(chosen(after, "a", "a")).toBeNull()
  })
  it("it stands beside the ways of answering, and is one where there is no other", () => {
    expect(waysIn(["undecided", "shortlist", "tie"])).toEqual({ ways: ["shortlist"], asides: ["tie", "undecided"] })
    expect(waysIn(["tie"])).toEqual({ ways: ["tie"], asides: [] })
  })
})

describe("an answer that was taken back", () => {
  it.each<Answer>([
    { kind: "ranking", order: ["c", "a"] },
    { kind: "pairwise", winner: "a", loser: "c" },
    { kind: "pairwise", winner: "b", loser: "a" },
    { kind: "ratings", stars: { a: 2, c: 5 } },
    { kind: "approval", approved: { a: false, b: true }, favourite: "b" },
    { kind: "approval", approved: { a: false } },
    { kind: "worst", worst: "c" },
    { kind: "worst", worst: "c", best: "a" },
    { kind: "shortlist", kept: [] },
    { kind: "shortlist", kept: ["b", "d"], favourite: "d" },
    { kind: "versus", incumbent: "a", verdicts: { b: "better", c: "same", d: "better" }, best: "d" },
    { kind: "tie", items: ["d", "a"] },
    { kind: "undecided", why: "different" },
  ])("is marked again as it was: %j", (answer) => {
    expect(answerOf(selectionOf(answer, ids), ids)).toEqual(answer)
  })
})
