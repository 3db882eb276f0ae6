import type { QueryKind, Verdict, Why } from "../client/types"

/** What the person has done to a round so far, in every way of answering; switching the way loses nothing. */
export interface Selection {
  kind: QueryKind
  /** Best first; in a tie, those that are about equal. */
  order: string[]
  winner: string | null
  rival: string | null
  stars: Record<string, number>
  approved: Record<string, boolean>
  worst: string | null
  kept: string[]
  /** Said in so many words: an empty shortlist alone may be one that isn't begun. */
  isNoneKept: boolean
  verdicts: Record<string, Verdict>
  /** The best of the yeses, of those kept or of the better ones; beside the worst, the best of the others. */
  favourite: string | null
  why: Why | null
  /** The raw gesture: each act with the time since the pictures were seen. */
  log: [ms: number, act: string, id: string, value?: number | string][]
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
  | { type: "drop"; id: string; at: number }
  | { type: "keep"; id: string; at: number }
  | { type: "none"; at: number }
  | { type: "judge"; id: string; verdict: Verdict; at: number }
  | { type: "favourite"; id: string; at: number }
  | { type: "why"; why: Why; at: number }
  | { type: "clear"; at: number }

export function nothing(kind: QueryKind): Selection {
  return {
    kind, order: [], winner: null, rival: null, stars: {}, approved: {}, worst: null, kept: [], isNoneKept: false, verdicts: {},
    favourite: null, why: null, log: [], leftOut: 0,
  }
}

/** A new selection after an act. The first pick is the best, more give second and third; a pick again takes it back. */
export function selected(before: Selection, act: Act): Selection {
  const value = valueOf(act)
  const of = act.type === "mode" ? act.kind : "id" in act ? act.id : ""
  const entry: Selection["log"][number] = value === undefined ? [act.at, act.type, of] : [act.at, act.type, of, value]
  return { ...changed(before, act), ...thinned([...before.log, entry], before.leftOut) }
}

function valueOf(act: Act): number | string | undefined {
  switch (act.type) {
    case "rate":
      return act.stars
    case "approve":
      return Number(act.yes)
    case "judge":
      return act.verdict
    case "why":
      return act.why
    default:
      return undefined
  }
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
    case "approve":
      return withFavourite({ ...before, approved: withToggle(before.approved, act.id, act.yes) })
    case "drop":
      return withFavourite({ ...before, worst: before.worst === act.id ? null : act.id })
    case "keep":
      return withFavourite({ ...before, kept: toggled(before.kept, act.id), isNoneKept: false })
    case "none":
      return { ...before, kept: [], isNoneKept: !before.isNoneKept, favourite: null }
    case "judge":
      return withFavourite({ ...before, verdicts: withToggle(before.verdicts, act.id, act.verdict) })
    case "favourite":
      return before.favourite === act.id ? { ...before, favourite: null } : favoured(before, act.id)
    case "why":
      return { ...before, why: before.why === act.why ? null : act.why }
    case "clear":
      return { ...nothing(before.kind), log: before.log }
  }
}

/** The favourite is one of those that may be it: whoever makes it the favourite says that of it as well. */
function favoured(before: Selection, id: string): Selection {
  const { kind, approved, kept, verdicts, worst } = before
  return {
    ...before, favourite: id,
    ...(kind === "approval" && { approved: { ...approved, [id]: true } }),
    ...(kind === "shortlist" && { kept: kept.includes(id) ? kept : [...kept, id], isNoneKept: false }),
    ...(kind === "versus" && { verdicts: { ...verdicts, [id]: "better" as const } }),
    ...(kind === "worst" && worst === id && { worst: null }),
  }
}

/** The same, its favourite forgotten where it may be none any more. */
function withFavourite(selection: Selection): Selection {
  return selection.favourite !== null && mayBeFavourite(selection, selection.favourite) ? selection : { ...selection, favourite: null }
}

/** Whether an answer of this kind has a favourite of its own among those that it praises. */
export function hasFavourite(kind: QueryKind): boolean {
  return kind === "approval" || kind === "shortlist" || kind === "versus"
}

/** Whether the favourite can be this one, by what is said of it. */
export function mayBeFavourite({ kind, approved, kept, verdicts, worst }: Selection, id: string): boolean {
  switch (kind) {
    case "approval":
      return approved[id] === true
    case "shortlist":
      return kept.includes(id)
    case "versus":
      return verdicts[id] === "better"
    case "worst":
      return worst !== id
    default:
      return false
  }
}

function toggled(order: string[], id: string): string[] {
  return order.includes(id) ? order.filter((one) => one !== id) : [...order, id]
}

function withToggle<T>(record: Record<string, T>, id: string, value: T): Record<string, T> {
  const { [id]: was, ...rest } = record
  return was === value ? rest : { ...rest, [id]: value }
}

/** An act as a component tells it; when it was is added above. */
export type Doing = Act extends infer One ? (One extends Act ? Omit<One, "at"> : never) : never

/** What pressing a picture means in each way of answering; null where it only takes the focus. */
export function chosen(selection: Selection, id: string, incumbent: string | undefined): Doing | null {
  switch (selection.kind) {
    case "ranking":
    case "tie":
      return { type: "pick", id }
    case "pairwise":
      return { type: "win", id }
    case "approval":
      return { type: "approve", id, yes: selection.approved[id] === undefined }
    case "worst":
      return { type: selection.worst === null || selection.worst === id ? "drop" : "favourite", id }
    case "shortlist":
      return { type: "keep", id }
    case "versus":
      return id === incumbent ? null : { type: "judge", id, verdict: nextVerdict(selection.verdicts[id]) }
    case "ratings": // the stars and the digits rate
    case "undecided":
      return null
  }
}

/** The verdicts that one key gives in turn: better, same, worse; the same again takes it back. */
function nextVerdict(current: Verdict | undefined): Verdict {
  return current === undefined ? "better" : current === "better" ? "same" : "worse"
}
