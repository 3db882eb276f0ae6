import type { Answer, QueryKind } from "../client/types"

/** What the person has done to a round so far, in every way of answering; switching the way loses nothing. */
export interface Selection {
  kind: QueryKind
  order: string[]
  winner: string | null
  rival: string | null
  stars: Record<string, number>
  approved: Record<string, boolean>
  favourite: string | null
  /** The raw gesture: each act with the time since the pictures were seen. */
  log: [ms: number, act: string, id: string, value?: number][]
  /** How many acts in the middle of a log are left out: a key that is held down makes thousands. */
  leftOut: number
}

/** The acts that a log keeps, half of them from its beginning; so many fit into what an answer may bring along. */
const MOST_ACTS = 1000

export type Act =
  | { type: "mode"; kind: QueryKind; at: number }
  | { type: "pick"; id: string; at: number }
  | { type: "rival"; id: string; at: number }
  | { type: "win"; id: string; at: number }
  | { type: "rate"; id: string; stars: number; at: number }
  | { type: "approve"; id: string; yes: boolean; at: number }
  | { type: "favourite"; id: string; at: number }
  | { type: "clear"; at: number }

export function nothing(kind: QueryKind): Selection {
  return { kind, order: [], winner: null, rival: null, stars: {}, approved: {}, favourite: null, log: [], leftOut: 0 }
}

/** A new selection after an act. The first pick is the best, more give second and third; a pick again takes it back. */
export function selected(before: Selection, act: Act): Selection {
  const id = "id" in act ? act.id : ""
  const value = act.type === "rate" ? act.stars : act.type === "approve" ? Number(act.yes) : undefined
  const entry: Selection["log"][number] =
    value === undefined ? [act.at, act.type, act.type === "mode" ? act.kind : id] : [act.at, act.type, id, value]
  return { ...changed(before, act), ...thinned([...before.log, entry], before.leftOut) }
}

function thinned(log: Selection["log"], leftOut: number): Pick<Selection, "log" | "leftOut"> {
  return log.length > MOST_ACTS ? { log: log.toSpliced(MOST_ACTS / 2, 1), leftOut: leftOut + 1 } : { log, leftOut }
}

function changed(before: Selection, act: Act): Selection {
  switch (act.type) {
    case "mode":
      return { ...before, kind: act.kind }
    case "pick":
      return { ...before, order: toggled(before.order, act.id) }
    case "rival":
      return { ...before, rival: act.id, winner: before.winner === before.rival ? null : before.winner }
    case "win":
      return { ...before, winner: before.winner === act.id ? null : act.id }
    case "rate":
      return { ...before, stars: withToggle(before.stars, act.id, act.stars) }
    case "approve": {
      const approved = withToggle(before.approved, act.id, act.yes)
      const favourite = before.favourite !== null && approved[before.favourite] ? before.favourite : null
      return { ...before, approved, favourite }
    }
    case "favourite": {
      const off = before.favourite === act.id
      return {
        ...before,
        favourite: off ? null : act.id,
        approved: off ? before.approved : { ...before.approved, [act.id]: true },
      }
    }
    case "clear":
      return { ...nothing(before.kind), log: before.log }
  }
}

function toggled(order: string[], id: string): string[] {
  return order.includes(id) ? order.filter((one) => one !== id) : [...order, id]
}

function withToggle<T>(record: Record<string, T>, id: string, value: T): Record<string, T> {
  const { [id]: was, ...rest } = record
  return was === value ? rest : { ...rest, [id]: value }
}

/** The next press of one key on a yes/no card: yes, then no, then nothing. */
export function nextApproval(current: boolean | undefined): boolean {
  return current === undefined
}

/** The selection that an answer came from, to be given again or changed; `ids` as in `pairOf`. */
export function selectionOf(said: Answer, ids: string[]): Selection {
  const bare = nothing(said.kind)
  switch (said.kind) {
    case "ranking":
      return { ...bare, order: said.order }
    case "pairwise":
      return { ...bare, winner: said.winner, rival: said.winner === ids[0] ? said.loser : said.winner }
    case "ratings":
      return { ...bare, stars: said.stars }
    case "approval":
      return { ...bare, approved: said.approved, favourite: said.favourite ?? null }
  }
}

/** The two that A/B compares: the best so far and its rival, which may be chosen among the others. */
export function pairOf(ids: string[], selection: Selection): [string, string] | null {
  const [first, second] = ids
  if (first === undefined || second === undefined) return null
  const rival = selection.rival !== null && selection.rival !== first && ids.includes(selection.rival) ? selection.rival : second
  return [first, rival]
}

/** The answer that a selection stands for; null while there is nothing to send. */
export function answerOf(selection: Selection, ids: string[]): Answer | null {
  const known = <T>(record: Record<string, T>) =>
    Object.fromEntries(Object.entries(record).filter(([id]) => ids.includes(id)))
  switch (selection.kind) {
    case "ranking": {
      const order = selection.order.filter((id) => ids.includes(id))
      return order.length > 0 ? { kind: "ranking", order } : null
    }
    case "pairwise": {
      const pair = pairOf(ids, selection)
      if (pair === null || selection.winner === null || !pair.includes(selection.winner)) return null
      const loser = pair[0] === selection.winner ? pair[1] : pair[0]
      return { kind: "pairwise", winner: selection.winner, loser }
    }
    case "ratings": {
      const stars = known(selection.stars)
      return Object.keys(stars).length > 0 ? { kind: "ratings", stars } : null
    }
    case "approval": {
      const approved = known(selection.approved)
      if (Object.keys(approved).length === 0) return null
      const favourite = selection.favourite
      return favourite !== null && approved[favourite]
        ? { kind: "approval", approved, favourite }
        : { kind: "approval", approved }
    }
  }
}
