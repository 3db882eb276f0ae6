import { describe, expect, it } from "vitest"
import type { AnswerView, CandidateView, SessionView } from "../../client/types"
import { answerInWords, badgesOf, storyOf, tookInWords } from "./story"

const candidate = (id: string, changes: Partial<CandidateView> = {}) =>
  ({ id, role: null, carried_from_round: null, is_final: false, is_incumbent: false, pinned: false, forecast: null, ...changes }) as CandidateView
const said = (answer: Record<string, unknown>) => ({ kind: answer.kind, answer }) as unknown as AnswerView
const pair = [candidate("a", { role: "incumbent" }), candidate("b", { role: "explore" })]

describe("story", () => {
  const session = {
    query_kinds: ["approval"],
    round_views: [
      { index: 1, candidates: [candidate("0", { role: "baseline" }), candidate("a", { role: "explore" })], answer: said({ kind: "ranking", order: ["a"] }), sampler_state: { radius: 1, reason: "first round" } },
      { index: 2, candidates: pair, answer: said({ kind: "ranking", order: ["b"] }), sampler_state: { radius: 1 } },
      { index: 3, candidates: pair, answer: said({ kind: "ranking", order: ["a"] }), sampler_state: { radius: 1.2 } },
      { index: 4, candidates: pair, answer: said({ kind: "approval", approved: { a: false, b: false } }), sampler_state: { radius: 0.96 } },
      { index: 5, candidates: pair, answer: null, sampler_state: null },
    ],
  } as unknown as SessionView
  const story = storyOf(session)

  it("tells what became of the best so far", () => {
    expect(story.map(({ change }) => change)).toEqual(["first", "moved", "stayed", "none", "open"])
    expect(story[0]?.changeWords).toBe("This became your best so far.")
    expect(story[1]?.changeWords).toBe("Your best so far moved here: something new.")
  })
  it("tells how wide it looked, with the technical words apart", () => {
    expect(story.map(({ search }) => search?.words ?? null)).toEqual([
      "I began by looking all around your prompt.", "I looked as wide as before.", "I looked wider than before.",
      "I looked closer to your best than before.", null,
    ])
    expect(story[0]?.search?.technical).toBe("first round (radius 1.00)")
  })
  it("asks the question that was answered, and the session's own where none was", () => {
    expect(story[0]?.question).toBe("Which is closest to what you want?")
    expect(story[4]?.question).toBe("Which ones would you keep?")
  })
})

describe("answers in words", () => {
  it("names pictures by their places", () => {
    expect(answerInWords(said({ kind: "ranking", order: ["b", "a"] }), pair, "Picture")).toBe("You chose picture 2, then picture 1.")
  })
  it("tells how long it took", () => {
    expect([null, 300, 4400, 240_000].map(tookInWords)).toEqual([null, "in less than a second", "in 4 s", "in 4 min"])
  })
})

describe("badges", () => {
  it("says where a picture came from and what became of it", () => {
    const words = (changes: Partial<CandidateView>) => badgesOf(candidate("x", changes)).map((badge) => badge.words)
    expect(words({ role: "baseline" })).toEqual(["your prompt as it is"])
    expect(words({ role: "incumbent", carried_from_round: 2 })).toEqual(["your best until then", "carried from round 2"])
    expect(words({ role: "bold", is_final: true, is_incumbent: true })).toEqual(["final", "bolder"])
    expect(words({ is_incumbent: true })).toEqual(["your best now"])
    expect(words({ role: "pinned", carried_from_round: 1 })).toEqual(["pinned", "carried from round 1"])
    expect(badgesOf(candidate("x", { role: "incumbent", carried_from_round: 2 })).at(-1)).toMatchObject({ kind: "carried", round: 2 })
  })
})
