import type { Convergence, Steadiness } from "../../client/types"
import { count, percent } from "../../ui/format"

export type Point = Convergence["course"][number]

/** What the last answer changed of what is left. */
export function changeInWords({ now, before }: Convergence): string {
  if (now.left === null || before?.left == null) return "There are not two answers yet to compare."
  const [from, to] = [percent(before.left), percent(now.left)]
  if (from === to) return `Your last answer left it at ${to}.`
  return now.left < before.left ? `Your last answer brought it from ${from} down to ${to}.` : `Your last answer raised it from ${from} to ${to}: it told me something new.`
}

/** How the forecasts fared. */
export function forecastsInWords({ figures }: Convergence): string {
  const { forecasts, forecast_hits: hits, forecast_expected: expected, forecast_skill: skill } = figures
  if (forecasts === 0 || hits === null || skill === null) return "No forecast to be checked yet: each is written before your answer and scored by it."
  const worth = skill > 0.02 ? "better than a guess" : skill < -0.02 ? "worse than a guess" : "no better than a guess"
  return `Of ${count(forecasts, "forecast")}, ${percent(hits)} named your choice (${percent(expected ?? 0)} were expected to). All in all they were ${worth}: ${skill.toFixed(2)} nats.`
}

/** What these figures can't tell, given what there is. */
export function unknowns({ now, course, figures }: Convergence): string[] {
  const said = [
    "What is left counts what this session’s axes can reach: what lies beyond them doesn’t show here.",
    "Places that nobody looked at may hold more than I believe. The bands are widened by what that was worth on test functions.",
  ]
  if (now.answers < 6) said.unshift(`${count(now.answers, "answer")} can’t show whether to stop; six are the least.`)
  if (figures.forecasts < 5) said.push("Too few forecasts were scored to know how well I know you.")
  if (course.length > 0 && course.every(({ radius }) => radius === null)) said.push("This sampler has no radius to show.")
  if (course.some(({ advice }) => advice === null)) said.push("The session is long: of its earlier rounds only some are told.")
  return said
}

/** What became of one round: the radius with its reason, and a look elsewhere; or which set it showed again. */
export function reasonsOf({ reason, escape }: Point, repeatOf?: number): string[] {
  if (repeatOf !== undefined) return [`the set of round ${String(repeatOf)} again, unannounced`]
  return [reason, escape?.reason].filter((words) => words != null)
}

interface Measure {
  name: string
  hint: string
  told: string
  /** Where they lie on their track, 0 to 100. */
  value: number
  low: number
  high: number
}

type Measured = NonNullable<Steadiness["agreement"]>

/** What could be told of how steady the choices are: each in words, and as places on a track. */
export function measuresOf({ agreement, noise, lapse }: Steadiness): Measure[] {
  const found: Measure[] = []
  if (agreement) found.push({ name: "The same again", hint: "of sets that come again", told: banded(agreement, percent), ...placed(agreement, (share) => 100 * share) })
  if (noise) found.push({ name: "The difference you see", hint: "three times in four, of the way to the best", told: banded(noise, percent), ...placed(noise, (share) => Math.min(100 * share, 100)) })
  if (lapse) found.push({ name: "Slips", hint: "of all answers; the scale ends at a half", told: banded(lapse, percent), ...placed(lapse, (share) => Math.min(200 * share, 100)) })
  return found
}

function banded({ value, low, high }: Measured, words: (x: number) => string): string {
  return `${words(value)}, 90 % sure: ${words(low)} to ${words(high)}`
}

function placed({ value, low, high }: Measured, at: (x: number) => number) {
  return { value: at(value), low: at(low), high: at(high) }
}
