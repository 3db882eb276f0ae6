import type { Answer, QueryKind } from "../client/types"
import { mayBeFavourite, nothing, type Selection } from "./gesture"

const ASIDES: readonly QueryKind[] = ["tie", "undecided"]

/** The ways of answering that a session takes, and beside them what may be said instead of a choice. */
export function waysIn(kinds: readonly QueryKind[]): { ways: QueryKind[]; asides: QueryKind[] } {
  const ways = kinds.filter((kind) => !ASIDES.includes(kind))
  return ways.length > 0 ? { ways, asides: ASIDES.filter((kind) => kinds.includes(kind)) } : { ways: [...kinds], asides: [] }
}

/** The two that A/B compares: the best so far and its rival, which may be chosen among the others. */
export function pairOf(ids: string[], selection: Selection): [string, string] | null {
  const [first, second] = ids
  if (first === undefined || second === undefined) return null
  const rival = selection.rival !== null && selection.rival !== first && ids.includes(selection.rival) ? selection.rival : second
  return [first, rival]
}

/** The answer that a selection stands for; null while there is nothing to send. `ids`: the pictures, the best so far first. */
export function answerOf(selection: Selection, ids: string[]): Answer | null {
  const { kind } = selection
  const order = selection.order.filter((id) => ids.includes(id))
  const known = <T>(record: Record<string, T>) => Object.fromEntries(Object.entries(record).filter(([id]) => ids.includes(id)))
  const best = selection.favourite !== null && ids.includes(selection.favourite) && mayBeFavourite(selection, selection.favourite) ? selection.favourite : null
  switch (kind) {
    case "ranking":
      return order.length > 0 ? { kind, order } : null
    case "tie":
      return order.length > 1 ? { kind, items: order } : null
    case "pairwise": {
      const pair = pairOf(ids, selection)
      if (pair === null || selection.winner === null || !pair.includes(selection.winner)) return null
      return { kind, winner: selection.winner, loser: pair[0] === selection.winner ? pair[1] : pair[0] }
    }
    case "ratings": {
      const stars = known(selection.stars)
      return Object.keys(stars).length > 0 ? { kind, stars } : null
    }
    case "approval": {
      const approved = known(selection.approved)
      return Object.keys(approved).length > 0 ? { kind, approved, ...(best !== null && { favourite: best }) } : null
    }
    case "worst":
      return selection.worst !== null && ids.includes(selection.worst) ? { kind, worst: selection.worst, ...(best !== null && { best }) } : null
    case "shortlist": {
      const kept = selection.kept.filter((id) => ids.includes(id))
      return kept.length > 0 || selection.isNoneKept ? { kind, kept, ...(best !== null && { favourite: best }) } : null
    }
    case "versus": {
      const [incumbent, ...others] = ids
      const verdicts = Object.fromEntries(Object.entries(selection.verdicts).filter(([id]) => others.includes(id)))
      if (incumbent === undefined || Object.keys(verdicts).length === 0) return null
      return { kind, incumbent, verdicts, ...(best !== null && { best }) }
    }
    case "undecided":
      return selection.why === null ? null : { kind, why: selection.why }
  }
}

/** The selection that an answer came from, to be given again or changed; `ids` as in `answerOf`. */
export function selectionOf(said: Answer, ids: string[]): Selection {
  const bare = nothing(said.kind)
  switch (said.kind) {
    case "ranking":
      return { ...bare, order: said.order }
    case "tie":
      return { ...bare, order: said.items }
    case "pairwise":
      return { ...bare, winner: said.winner, rival: said.winner === ids[0] ? said.loser : said.winner }
    case "ratings":
      return { ...bare, stars: said.stars }
    case "approval":
      return { ...bare, approved: said.approved, favourite: said.favourite ?? null }
    case "worst":
      return { ...bare, worst: said.worst, favourite: said.best ?? null }
    case "shortlist":
      return { ...bare, kept: said.kept, isNoneKept: said.kept.length === 0, favourite: said.favourite ?? null }
    case "versus":
      return { ...bare, verdicts: said.verdicts, favourite: said.best ?? null }
    case "undecided":
      return { ...bare, why: said.why }
  }
}
