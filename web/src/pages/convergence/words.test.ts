import { expect, test } from "vitest"
import type { Advice, Convergence, Steadiness } from "../../client/types"
import { adviceInShort, chanceInWords } from "../session/advice"
import { changeInWords, forecastsInWords, measuresOf, reasonsOf, unknowns, type Point } from "./words"

const figures = { forecasts: 0, forecast_hits: null, forecast_expected: null, forecast_skill: null } as Convergence["figures"]
const now = { answers: 8, verdict: "go_on", left: 0.3, gain: 0.034 } as Advice
const point = { round: 1, radius: 0.5, reason: "the favourite stayed: looking closer", escape: null, advice: now } as Point
const found = (more: Partial<Convergence>) => ({ session_id: "ses_1", now, before: null, course: [point], figures, ...more }) as Convergence

test("what the last answer changed is told in its direction, and not at all before there are two", () => {
  expect(changeInWords(found({}))).toBe("There are not two answers yet to compare.")
  expect(changeInWords(found({ before: { ...now, left: 0.42 } }))).toBe("Your last answer brought it from 42 % down to 30 %.")
  expect(changeInWords(found({ before: { ...now, left: 0.2 } }))).toContain("raised it from 20 % to 30 %")
  expect(changeInWords(found({ before: { ...now, left: 0.301 } }))).toBe("Your last answer left it at 30 %.")
})

test("forecasts are called better than a guess only if they were", () => {
  const told = (skill: number) => forecastsInWords(found({ figures: { ...figures, forecasts: 4, forecast_hits: 0.5, forecast_expected: 0.4, forecast_skill: skill } }))
  expect(told(0.2)).toContain("better than a guess: 0.20 nats")
  expect(told(0)).toContain("no better than a guess")
  expect(told(-0.2)).toContain("worse than a guess")
  expect(forecastsInWords(found({}))).toContain("No forecast to be checked yet")
})

test("what can't be told is said", () => {
  expect(unknowns(found({ now: { ...now, answers: 2 } }))[0]).toBe("2 answers can’t show whether to stop; six are the least.")
  expect(unknowns(found({ course: [{ ...point, radius: null }] }))).toContain("This sampler has no radius to show.")
  expect(unknowns(found({ course: [{ ...point, advice: null }] })).at(-1)).toContain("only some are told")
})

test("a round that looked elsewhere gives both its reasons", () => {
  const escape = { stood: 4, gain: 0.03, widened: true, reason: "looking wider" }
  expect(reasonsOf({ ...point, escape })).toEqual(["the favourite stayed: looking closer", "looking wider"])
  expect(reasonsOf({ ...point, reason: null })).toEqual([])
  expect(reasonsOf(point, 2)).toEqual(["the set of round 2 again, unannounced"])
})

test("the heading has the verdict, with the gain where to go on is advised", () => {
  expect(adviceInShort(now)).toBe("go on, 3 % to gain")
  expect(adviceInShort({ ...now, verdict: "worth_stopping" })).toBe("worth stopping")
  expect(adviceInShort({ ...now, verdict: "cannot_tell" })).toBe("can’t tell yet")
  expect(chanceInWords(0.001)).toContain("hardly")
})

test("of steadiness only what could be told has a measure, and each lies on its track", () => {
  const unknown = { agreement: null, noise: null, lapse: null } as Steadiness
  expect(measuresOf(unknown)).toEqual([])
  const [same, seen, slips] = measuresOf({
    ...unknown, agreement: { value: 0.75, low: 0.4, high: 0.95 }, noise: { value: 0.1, low: 0.02, high: 1.3 }, lapse: { value: 0.05, low: 0.02, high: 0.6 },
  })
  expect(same).toMatchObject({ told: "75 %, 90 % sure: 40 % to 95 %", value: 75, low: 40, high: 95 })
  expect(seen).toMatchObject({ told: "10 %, 90 % sure: 2 % to 130 %", value: 10, low: 2, high: 100 })
  expect(slips).toMatchObject({ value: 10, low: 4, high: 100 })
})
