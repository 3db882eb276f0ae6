import type { Answer, AnswerView, CandidateView, Forecast, QueryKind, RoundView, SessionView } from "../client/types"
import { count, percent } from "../ui/format"
import { toldInWords } from "./telling"
import type { Noun } from "../ui/medium"

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
  worst: {
    short: "Drop one",
    question: "Which one should go?",
    how: "Drop the worst, and keep the best if you can tell.",
    hint: "The first click drops one, a second keeps another.",
  },
  shortlist: {
    short: "Shortlist",
    question: "Which are worth keeping?",
    how: "Tick any number of them. The others count as not good enough.",
    hint: "Tick those worth keeping; the rest is turned down.",
  },
  versus: {
    short: "Beat the best",
    question: "Does any of these beat your best so far?",
    how: "Your best stands large; say better, same or worse of each other.",
    hint: "1 to 9: better, again: same, then worse. F marks the best of them.",
  },
  tie: {
    short: "About equal",
    question: "Which are about equal, and better than the rest?",
    how: "Mark two or more that share the first place.",
    hint: "Mark two or more. T goes back.",
  },
  undecided: {
    short: "Can’t decide",
    question: "Why can’t you decide?",
    how: "Say why instead of choosing.",
    hint: "1, 2 or 3, then Enter. 0 goes back.",
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
  alternative: "another rival",
  guess: "a guess at your taste",
  promising: "promising",
  variety: "one of its own kind",
  heeded: "as your tags ask",
  map: "a place on the map",
  line: "a place on the line",
  elsewhere: "a look elsewhere",
  repeat: "shown before",
  probe: "a probe",
  question: "a telling one",
  taste: "where your taste points",
}

/** Round 0 is a style calibration. */
export const STYLE_ROUND = 0

/** What a round is called. */
export function roundInWords(index: number): string {
  return index === STYLE_ROUND ? "Style calibration" : `Round ${String(index)}`
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

export interface Said {
  label: string
  won: boolean
}

/** What was said of a candidate: chosen first, second…, its stars, its yes or no. */
export function verdictOn(answer: AnswerView | null, id: string): Said | null {
  if (answer === null) return null
  const said = answer.answer as unknown as Answer
  switch (said.kind) {
    case "ranking":
      return placed(said.order.indexOf(id))
    case "pairwise":
      return said.winner === id ? { label: "closer", won: true } : null
    case "ratings": {
      const stars = said.stars[id]
      return stars === undefined ? null : { label: "★".repeat(stars), won: stars === Math.max(...Object.values(said.stars)) }
    }
    case "approval":
      return said.favourite === id ? { label: "favourite", won: true } : judged(said.approved[id], { true: "yes", false: "no" }, !said.favourite)
    case "shortlist":
      return said.favourite === id ? { label: "favourite", won: true } : said.kept.includes(id) ? { label: "kept", won: !said.favourite } : null
    case "worst":
      return said.worst === id ? { label: "dropped", won: false } : said.best === id ? { label: "kept", won: true } : null
    case "versus":
      return beside(said, id)
    case "tie":
      return said.items.includes(id) ? { label: "about equal", won: true } : null
    default:
      return null
  }
}

function placed(place: number): Said | null {
  return place < 0 ? null : { label: place === 0 ? "closest" : ["second", "third"][place - 1] ?? `place ${String(place + 1)}`, won: place === 0 }
}

function judged(yes: boolean | undefined, words: { true: string; false: string }, mayWin: boolean): Said | null {
  return yes === undefined ? null : { label: yes ? words.true : words.false, won: yes && mayWin }
}

function beside(said: Extract<Answer, { kind: "versus" }>, id: string): Said | null {
  const isBeaten = Object.values(said.verdicts).includes("better")
  if (id === said.incumbent) return { label: isBeaten ? "beaten" : "held", won: !isBeaten }
  if (id === said.best) return { label: "best of them", won: true }
  const verdict = said.verdicts[id]
  return verdict === undefined ? null : { label: verdict, won: verdict === "better" && !said.best }
}

/** The winners of an answered round, in the order of their slots. */
export function winnersOf(answer: AnswerView | null, candidates: CandidateView[]): CandidateView[] {
  const said = answer?.answer as unknown as Answer | undefined
  const winners = candidates.filter((candidate) => verdictOn(answer, candidate.id)?.won)
  return winners.length === 0 && said?.kind === "worst" ? sparedBy(said.worst, candidates) : winners
}

/** Where dropping one leaves a new best by itself: of two the other, and the first of the others for a dropped best. */
function sparedBy(worst: string, candidates: CandidateView[]): CandidateView[] {
  const rest = candidates.filter(({ id, artifact }) => id !== worst && artifact !== null)
  const isBestDropped = candidates.some(({ id, role }) => id === worst && role === "incumbent")
  return rest.length === 1 || isBestDropped ? rest.slice(0, 1) : []
}

/** What is told as it was said: more than which one was chosen. */
const TOLD_AS_SAID = ["worst", "shortlist", "versus", "tie", "undecided"]

/** One calm sentence about the last answer and what was expected of it. */
export function lastRoundInWords(answer: AnswerView, candidates: CandidateView[], noun: Noun = "Picture"): string {
  const winners = winnersOf(answer, candidates)
  const [winner] = winners
  if (TOLD_AS_SAID.includes(answer.kind)) return toldWithForecast(answer, candidates, winners, noun)
  if (winner === undefined) return "You kept none of them."
  if (winners.length > 1) {
    const what = count(winners.length, noun.toLowerCase())
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

function toldWithForecast(answer: AnswerView, candidates: CandidateView[], winners: CandidateView[], noun: Noun): string {
  const told = toldInWords(answer.answer as unknown as Answer, (id) => candidates.findIndex((one) => one.id === id) + 1, noun)
  const forecast = winners.length === 1 && winners[0] ? forecastOf(winners[0]) : null
  return forecast === null ? told : `${told} I gave your choice ${percent(forecast.p_best)}.`
}

/** That a round showed a set again, and whether the same was chosen: told after the answer. */
export function repeatInWords({ index, same }: NonNullable<RoundView["repeat"]>): string {
  const again = `This was round ${String(index)} again`
  return same === null ? `${again}; the two answers can’t be compared.` : `${again}: you chose ${same ? "the same" : "another"}.`
}

/** How steady the choices were so far. */
export function agreementInWords({ repeats, same }: NonNullable<SessionView["agreement"]>): string {
  return `You agree with yourself in ${String(same)} of ${String(repeats)}`
}

/** Why this one: from the answered round only, so that it sways nobody. */
export function whyOf(candidate: CandidateView): string {
  const forecast = forecastOf(candidate)
  const chance = forecast ? ` I gave it ${percent(forecast.p_best)} to be your choice.` : ""
  return `${candidate.why ?? ""}${chance}`.trim()
}
