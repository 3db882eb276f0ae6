import type { Convergence } from "../../client/types"
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
    "What is left counts what this session’s axes can reach: a picture beyond them doesn’t show here.",
    "Places that nobody looked at may hold more than I believe. The bands are widened by what that was worth on test functions.",
  ]
  if (now.answers < 6) said.unshift(`${count(now.answers, "answer")} can’t show whether to stop; six are the least.`)
  if (figures.forecasts < 5) said.push("Too few forecasts were scored to know how well I know you.")
  if (course.length > 0 && course.every(({ radius }) => radius === null)) said.push("This sampler has no radius to show.")
  if (course.some(({ advice }) => advice === null)) said.push("The session is long: of its earlier rounds only some are told.")
  return said
}

/** What became of one round: the radius with its reason, and a look elsewhere. */
export function reasonsOf({ reason, escape }: Point): string[] {
  return [reason, escape?.reason].filter((words) => words != null)
}
