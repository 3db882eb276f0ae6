import type { Answer, AnswerView, CandidateView, QueryKind, RoundView, SessionView } from "../../client/types"
import { toldInWords } from "../../elicitation/telling"
import { QUERY_WORDS, roleInWords, winnersOf } from "../../elicitation/words"
import type { BadgeKind } from "../../ui/Badge"
import type { Noun } from "../../ui/medium"

/** What a round did to the best so far. */
export type Change = "first" | "moved" | "stayed" | "none" | "open"

export interface Chapter {
  round: RoundView
  question: string
  winners: CandidateView[]
  change: Change
  changeWords: string
  /** Why this round looked where it did, and the sampler's own words for it. */
  search: { words: string; technical: string } | null
}

/** All rounds as they are told. */
export function storyOf(session: SessionView): Chapter[] {
  let hasBest = false
  return session.round_views.map((round, i) => {
    const winners = winnersOf(round.answer, round.candidates)
    const change = changeOf(round, winners, hasBest)
    hasBest ||= winners.length > 0
    const before = session.round_views[i - 1]
    return { round, question: questionOf(round, session), winners, change, changeWords: changeInWords(change, winners), search: searchOf(round, before) }
  })
}

function questionOf({ answer }: RoundView, { query_kinds }: SessionView): string {
  const kind = answer?.kind ?? query_kinds[0] ?? "ranking"
  return kind in QUERY_WORDS ? QUERY_WORDS[kind as QueryKind].question : QUERY_WORDS.ranking.question
}

function changeOf(round: RoundView, winners: CandidateView[], hasBest: boolean): Change {
  if (round.answer === null) return "open"
  if (winners.length === 0) return "none"
  if (!hasBest) return "first"
  return winners.some(({ role }) => role === "incumbent") ? "stayed" : "moved"
}

function changeInWords(change: Change, [winner]: CandidateView[]): string {
  switch (change) {
    case "first":
      return winner?.role === "baseline" ? "Your prompt as it is became your best so far." : "This became your best so far."
    case "moved":
      return `Your best so far moved here${winner?.role ? `: ${roleInWords(winner.role) ?? winner.role}` : ""}.`
    case "stayed":
      return "Your best so far held its place."
    case "none":
      return "You put none first, so your best so far stayed where it was."
    case "open":
      return "You haven't answered this round yet."
  }
}

function numberIn(state: RoundView["sampler_state"], name: string): number | null {
  const value = state?.[name]
  return typeof value === "number" ? value : null
}

/** How wide the search was beside the round before. */
function searchOf(round: RoundView, before: RoundView | undefined): Chapter["search"] {
  const radius = numberIn(round.sampler_state, "radius")
  const reason = round.sampler_state?.reason
  if (radius === null) return null
  const technical = typeof reason === "string" ? `${reason} (radius ${radius.toFixed(2)})` : `radius ${radius.toFixed(2)}`
  const was = numberIn(before?.sampler_state ?? null, "radius")
  if (was === null) return { words: "I began by looking all around your prompt.", technical }
  if (radius < was) return { words: "I looked closer to your best than before.", technical }
  if (radius > was) return { words: "I looked wider than before.", technical }
  return { words: "I looked as wide as before.", technical }
}

/** What was answered, as one would tell it. */
export function answerInWords({ answer }: AnswerView, candidates: CandidateView[], noun: Noun): string {
  return toldInWords(answer as unknown as Answer, (id) => candidates.findIndex((one) => one.id === id) + 1, noun)
}

/** How long a decision took. */
export function tookInWords(ms: number | null): string | null {
  if (ms === null) return null
  if (ms < 1000) return "in less than a second"
  return ms < 100_000 ? `in ${String(Math.round(ms / 1000))} s` : `in ${String(Math.round(ms / 60_000))} min`
}

export interface StoryBadge {
  /** Null for what is no more than a role. */
  kind: BadgeKind | null
  words: string
  /** The round that it leads to. */
  round?: number
}

/** What a picture is, beyond its place in the round. */
export function badgesOf(candidate: CandidateView): StoryBadge[] {
  const { role, carried_from_round: from, is_final, is_incumbent, pinned } = candidate
  const badges: StoryBadge[] = []
  if (is_final) badges.push({ kind: "final", words: "final" })
  if (is_incumbent && !is_final) badges.push({ kind: "incumbent", words: "your best now" })
  if (pinned || role === "pinned") badges.push({ kind: "pinned", words: "pinned" })
  const words = role === "incumbent" ? "your best until then" : role === "pinned" ? null : roleInWords(role)
  if (words !== null) badges.push({ kind: role === "baseline" ? "baseline" : null, words })
  if (from !== null) badges.push({ kind: "carried", words: `carried from round ${String(from)}`, round: from })
  return badges
}
