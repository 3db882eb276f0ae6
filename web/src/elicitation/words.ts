import type { AnswerView, CandidateView, Forecast, QueryKind } from "../client/types"
import { count, percent } from "../ui/format"

export const QUERY_WORDS: Record<QueryKind, { short: string; question: string; how: string; hint: string }> = {
  ranking: {
    short: "Pick · rank",
    question: "Which is closest to what you want?",
    how: "Click the best. Click more for second and third.",
    hint: "One click is enough; a ranking teaches more.",
  },
  pairwise: {
    short: "A / B",
    question: "Which of the two is closer?",
    how: "Choose one of two large pictures.",
    hint: "← or →, then Enter.",
  },
  ratings: {
    short: "Stars",
    question: "How close is each one?",
    how: "Give each picture one to five stars.",
    hint: "Arrows move, 1 to 5 rate, Enter confirms.",
  },
  approval: {
    short: "Yes / no",
    question: "Which ones would you keep?",
    how: "Say yes or no, and mark a favourite if there is one.",
    hint: "1 to 9: yes, again: no. F marks a favourite.",
  },
}

const ROLE_WORDS: Record<string, string> = {
  baseline: "your prompt as it is",
  incumbent: "your best so far",
  challenger: "strongest rival",
  refine: "a step closer",
  explore: "something new",
  safe: "safer",
  bold: "bolder",
  pinned: "pinned by you",
}

export function roleInWords(role: string | null): string | null {
  return role === null ? null : (ROLE_WORDS[role] ?? role)
}

export function forecastOf(candidate: CandidateView): Forecast | null {
  const forecast = candidate.forecast as Partial<Forecast> | null
  return typeof forecast?.p_best === "number" ? (forecast as Forecast) : null
}

/** How sure one may be of an answer, from 1. */
export const CONFIDENCE_WORDS = ["a guess", "fairly sure", "certain"]

/** The place of a candidate in what was answered: chosen first, second…, its stars, its yes or no. */
export function verdictOn(answer: AnswerView | null, id: string): { label: string; won: boolean } | null {
  if (answer === null) return null
  const said = answer.answer as {
    order?: string[]
    winner?: string
    loser?: string
    stars?: Record<string, number>
    approved?: Record<string, boolean>
    favourite?: string | null
  }
  if (said.order?.includes(id)) {
    const place = said.order.indexOf(id)
    return { label: place === 0 ? "closest" : ["second", "third"][place - 1] ?? `place ${String(place + 1)}`, won: place === 0 }
  }
  if (said.winner === id) return { label: "closer", won: true }
  if (said.stars?.[id] !== undefined)
    return { label: "★".repeat(said.stars[id]), won: said.stars[id] === Math.max(...Object.values(said.stars)) }
  if (said.favourite === id) return { label: "favourite", won: true }
  if (said.approved?.[id] !== undefined)
    return { label: said.approved[id] ? "yes" : "no", won: said.approved[id] && !said.favourite }
  return null
}

/** The winners of an answered round, in the order of their slots. */
export function winnersOf(answer: AnswerView | null, candidates: CandidateView[]): CandidateView[] {
  return candidates.filter((candidate) => verdictOn(answer, candidate.id)?.won)
}

/** One calm sentence about the last answer and what was expected of it. */
export function lastRoundInWords(answer: AnswerView, candidates: CandidateView[]): string {
  const winners = winnersOf(answer, candidates)
  const [winner] = winners
  if (winner === undefined) return "You kept none of them."
  if (winners.length > 1) {
    const what = count(winners.length, "picture")
    return answer.kind === "approval" ? `You would keep ${what}.` : `You put ${what} first, equally.`
  }
  const forecast = forecastOf(winner)
  if (forecast === null) return "You chose one that I had no forecast for."
  const sorted = [...candidates].sort((a, b) => (forecastOf(b)?.p_best ?? 0) - (forecastOf(a)?.p_best ?? 0))
  const expected = sorted[0]
  const given = percent(forecast.p_best)
  if (expected === undefined || expected.id === winner.id || (forecastOf(expected)?.p_best ?? 0) - forecast.p_best < 0.01)
    return `You chose the one I gave ${given}.`
  return `You chose the one I gave ${given}; I expected ${roleInWords(expected.role) ?? "another"} (${percent(forecastOf(expected)?.p_best ?? 0)}).`
}

/** Why this one: from the answered round only, so that it sways nobody. */
export function whyOf(candidate: CandidateView): string {
  const forecast = forecastOf(candidate)
  const chance = forecast ? ` I gave it ${percent(forecast.p_best)} to be your choice.` : ""
  return `${candidate.why ?? ""}${chance}`.trim()
}
