import { describe, expect, it } from "vitest"
import type { Answer } from "../client/types"
import { answerOf, nothing, pairOf, selected, selectionOf, type Act, type Selection } from "./gesture"

const ids = ["a", "b", "c", "d"]
const acting = (start: Selection, ...acts: (Act extends infer One ? (One extends Act ? Omit<One, "at"> : never) : never)[]) =>
  acts.reduce((before, act, at) => selected(before, { ...act, at } as Act), start)

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

describe("an answer that was taken back", () => {
  it.each<Answer>([
    { kind: "ranking", order: ["c", "a"] },
    { kind: "pairwise", winner: "a", loser: "c" },
    { kind: "pairwise", winner: "b", loser: "a" },
    { kind: "ratings", stars: { a: 2, c: 5 } },
    { kind: "approval", approved: { a: false, b: true }, favourite: "b" },
    { kind: "approval", approved: { a: false } },
  ])("is marked again as it was: %j", (answer) => {
    expect(answerOf(selectionOf(answer, ids), ids)).toEqual(answer)
  })
})
