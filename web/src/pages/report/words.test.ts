import { describe, expect, it } from "vitest"
import type { Said, Story, StoryChapter, StoryPicture } from "../../client/types"
import { answerInWords, calibrationInWords, changeInWords, forecastInWords, mannerInWords, movesInWords } from "./words"

const picture = (place: number, more: Partial<StoryPicture> = {}) =>
  ({ id: `c${String(place)}`, place, p_best: place / 10, chosen: false, badges: [], ...more }) as unknown as StoryPicture
const said = (answer: Said["answer"], more: Partial<Said> = {}) =>
  ({ answer, decision_ms: null, begun_ms: null, confidence: null, failed_sends: 0, retracted_at: null, ...more }) as unknown as Said
const chapter = (more: Partial<StoryChapter>) =>
  ({ pictures: [picture(1), picture(2)], answer: said({}), best_after: null, forecasts_shown: false, moved: null, ...more }) as unknown as StoryChapter

describe("an answer in words", () => {
  it("names pictures by their places", () => {
    expect(answerInWords(said({ kind: "tie", items: ["c3", "c1"] }), [picture(1), picture(2), picture(3)], "Picture")).toBe("You found picture 1 and picture 3 about equal, and better than the rest.")
  })

  it("tells how it came about, and leaves out what is unknown", () => {
    expect(mannerInWords(said({}))).toEqual([])
    expect(mannerInWords(said({}, { decision_ms: 5300, begun_ms: 900, confidence: 2, failed_sends: 1 }))).toEqual([
      "decided in 5.3 s", "first touch after 900 ms", "confidence 2 of 3", "1 failed attempt to send",
    ])
  })
})

describe("a round in words", () => {
  it("sets the forecast beside what was chosen", () => {
    expect(forecastInWords(chapter({ pictures: [picture(1, { chosen: true }), picture(2)] }))).toBe("I gave it 10 %; my favourite was picture 2 at 20 %.")
    expect(forecastInWords(chapter({ pictures: [picture(1), picture(2, { chosen: true })] }))).toBe("My favourite too, at 20 %.")
    expect(forecastInWords(chapter({}))).toBeNull()
    expect(forecastInWords(chapter({ pictures: [picture(2, { chosen: true })], forecasts_shown: true }))).toContain("nothing about calibration")
  })

  it("says what became the best, held, or stayed", () => {
    expect(changeInWords(chapter({ answer: null }))).toBeNull()
    expect(changeInWords(chapter({}))).toBe("Your best so far stayed where it was.")
    expect(changeInWords(chapter({ pictures: [picture(1, { chosen: true })], best_after: "c1" }))).toBe("Picture 1 became your best so far.")
    expect(changeInWords(chapter({ pictures: [picture(1, { chosen: true, badges: ["incumbent"] })], best_after: "c1" }))).toBe("Your best so far held its place.")
  })

  it("names the axes that moved, and only those", () => {
    const story = { axes: [{ negative: "dark", positive: "light" }, { name: "x" }, { name: "y" }] } as unknown as Story
    expect(movesInWords(chapter({ moved: [-0.25, 0.001, null] }), story)).toEqual(["dark ↔ light −0.25"])
    expect(movesInWords(chapter({ moved: null }), story)).toEqual([])
  })

  it("tells how forecasts fared against a guess", () => {
    const calibration = { rounds: 4, left_out: 1, p_chosen: 0.4, p_random: 0.25, hits: 1, expected_hits: 1.84 }
    expect(calibrationInWords({ calibration } as Story)).toBe(
      "In 4 rounds I gave what you chose 40 % on average (a guess: 25 %). My favourite was yours 1 time; I expected 1.8. 1 round left out.",
    )
  })
})
