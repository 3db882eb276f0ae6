import type { RoundView, SessionView } from "../../client/types"

/** A round of the film and where it stands: columns and rows count from 0; row 0 is the line that counts. */
export interface Frame {
  round: RoundView
  column: number
  row: number
  /** The row of the round that it followed; null where it goes on in its own row. */
  from: number | null
}

/**
 * The rounds as a tree: what counts in one line, and below it what was set aside, each branch in a row of its own
 * that begins after the round it followed.
 */
export function filmOf({ round_views, superseded }: Pick<SessionView, "round_views" | "superseded">): Frame[] {
  const first = Math.min(...[...round_views, ...superseded].map(({ index }) => index)) // 0 where a style calibration came first
  const frames: Frame[] = round_views.map((round) => ({ round, column: round.index - first, row: 0, from: null }))
  const at = new Map(frames.map((frame) => [frame.round.id, frame]))
  const ends = new Set<string>() // rounds whose row goes on already
  let rows = 1
  for (const round of [...superseded].sort((a, b) => a.index - b.index || a.take - b.take)) {
    const parent = at.get(round.parent_id ?? "")
    const goesOn = parent !== undefined && parent.row > 0 && !ends.has(parent.round.id)
    if (goesOn) ends.add(parent.round.id)
    const frame = { round, column: round.index - first, row: goesOn ? parent.row : rows++, from: goesOn ? null : (parent?.row ?? 0) }
    frames.push(frame)
    at.set(round.id, frame)
  }
  return frames
}

/** The round that an address means: at an index the one that counts, else the newest that was set aside there. */
export function roundMeant({ round_views, superseded }: Pick<SessionView, "round_views" | "superseded">, index: number, take?: number): RoundView | undefined {
  const there = [...superseded, ...round_views].filter((round) => round.index === index)
  return take === undefined ? there.at(-1) : there.find((round) => round.take === take)
}
