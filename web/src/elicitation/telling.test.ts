import { describe, expect, it } from "vitest"
import type { Answer, AnswerView, CandidateView, QueryKind } from "../client/types"
import { toldInWords } from "./telling"
import { lastRoundInWords, verdictOn, winnersOf } from "./words"

const ids = ["a", "b", "c", "d"]
const candidates = ids.map((id, slot) => ({
  id, slot, artifact: id, role: slot === 0 ? "incumbent" : "explore", forecast: { mean: 0, sd: 1, p_best: 0.1 * (slot + 1), p_beats_incumbent: 0.5 },
})) as unknown as CandidateView[]
const view = (answer: Answer) => ({ kind: answer.kind, answer }) as unknown as AnswerView

const CASES: [Answer, string, string][] = [
  [{ kind: "ranking", order: ["b"] }, "You chose picture 2.", "b"],
  [{ kind: "ranking", order: ["c", "a"] }, "You chose picture 3, then picture 1.", "c"],
  [{ kind: "pairwise", winner: "a", loser: "b" }, "You preferred picture 1 to picture 2.", "a"],
  [{ kind: "ratings", stars: { b: 1, a: 4 } }, "You gave 4 stars to picture 1 and 1 star to picture 2.", "a"],
  [{ kind: "approval", approved: { a: true, b: false } }, "You kept picture 1.", "a"],
  [{ kind: "approval", approved: { a: false } }, "You kept none of them.", ""],
  [{ kind: "shortlist", kept: [] }, "You kept none of them.", ""],
  [{ kind: "shortlist", kept: ["d", "b"] }, "You kept picture 2 and picture 4.", "bd"],
  [{ kind: "shortlist", kept: ["b", "d"], favourite: "d" }, "You kept picture 2 and picture 4, picture 4 above all.", "d"],
  [{ kind: "worst", worst: "d" }, "You dropped picture 4.", ""],
  [{ kind: "worst", worst: "a" }, "You dropped picture 1.", "b"],
  [{ kind: "worst", worst: "d", best: "b" }, "You dropped picture 4 and kept picture 2.", "b"],
  [{ kind: "versus", incumbent: "a", verdicts: { b: "worse", c: "same" } }, "Beside picture 1, you found picture 3 as good and picture 2 worse.", "a"],
  [{ kind: "versus", incumbent: "a", verdicts: { b: "better", d: "better" } }, "Beside picture 1, you found picture 2 and picture 4 better.", "bd"],
  [{ kind: "versus", incumbent: "a", verdicts: { b: "better", d: "better" }, best: "d" }, "Beside picture 1, you found picture 2 and picture 4 better, picture 4 the best of all.", "d"],
  [{ kind: "tie", items: ["c", "a"] }, "You found picture 1 and picture 3 about equal, and better than the rest.", "ac"],
  [{ kind: "undecided", why: "bad" }, "You couldn’t decide: none of them would do.", ""],
]

describe("what was answered", () => {
  it.each(CASES)("%j is told, and has the winners that it names", (answer, words, winners) => {
    expect(toldInWords(answer, (id) => ids.indexOf(id) + 1)).toBe(words)
    expect(winnersOf(view(answer), candidates).map(({ id }) => id).join("")).toBe(winners)
  })
  it("knows a way that came later as an answer", () => {
    expect(toldInWords({ kind: "later" } as unknown as Answer, () => 1)).toBe("You answered.")
    expect(verdictOn(view({ kind: "later" } as unknown as Answer), "a")).toBeNull()
  })
  it("tells the forecast of the one that was chosen, after what was said", () => {
    expect(lastRoundInWords(view({ kind: "worst", worst: "d", best: "b" }), candidates)).toBe("You dropped picture 4 and kept picture 2. I gave your choice 20 %.")
    expect(lastRoundInWords(view({ kind: "tie", items: ["a", "b"] }), candidates)).toBe("You found picture 1 and picture 2 about equal, and better than the rest.")
  })
  it("has a word on each picture that was spoken of", () => {
    const of = (answer: Answer) => ids.map((id) => verdictOn(view(answer), id)?.label ?? "")
    expect(of({ kind: "versus", incumbent: "a", verdicts: { b: "better", c: "same", d: "worse" } })).toEqual(["beaten", "better", "same", "worse"])
    expect(of({ kind: "versus", incumbent: "a", verdicts: { b: "same" } })).toEqual(["held", "same", "", ""])
    expect(of({ kind: "worst", worst: "a", best: "c" })).toEqual(["dropped", "", "kept", ""])
    expect(of({ kind: "shortlist", kept: ["a", "c"], favourite: "c" })).toEqual(["kept", "", "favourite", ""])
    expect(of({ kind: "tie", items: ["b", "c"] })).toEqual(["", "about equal", "about equal", ""])
  })
})

it("every way has words", () => {
  const told = new Set<QueryKind>(CASES.map(([{ kind }]) => kind))
  expect(told.size).toBe(9)
})
