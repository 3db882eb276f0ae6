import type { LiveJob } from "../client/live"
import type { CandidateView, RoundView } from "../client/types"

/** One place of the grid, whatever is known of it: nothing yet, a preview, the picture, or why there is none. */
export interface Tile {
  slot: number
  id: string | null
  artifact: string | null
  preview: string | null
  state: "waiting" | "drawing" | "ready" | "failed"
  candidate: CandidateView | null
}

/**
 * The tiles of a round. Previews come by row of the batch: what is carried over is not drawn again, so rows count
 * the others in their order.
 */
export function tilesOf(round: RoundView, count: number, carried: string | null, live: LiveJob | undefined): Tile[] {
  if (round.candidates.length === 0) return placeholders(count, carried, live)
  let row = 0
  return round.candidates.map((candidate) => {
    const preview = candidate.carried_from === null ? (live?.previews.get(row++) ?? null) : null
    const isDone = candidate.artifact !== null
    const state = isDone ? "ready" : candidate.state === "failed" ? "failed" : preview ? "drawing" : "waiting"
    return { slot: candidate.slot, id: candidate.id, artifact: candidate.artifact, preview, state, candidate }
  })
}

function placeholders(count: number, carried: string | null, live: LiveJob | undefined): Tile[] {
  const first = carried === null ? 0 : 1
  return Array.from({ length: count }, (_, slot) => {
    if (slot < first) return { slot, id: null, artifact: carried, preview: null, state: "ready", candidate: null }
    const preview = live?.previews.get(slot - first) ?? null
    return { slot, id: null, artifact: null, preview, state: preview ? "drawing" : "waiting", candidate: null }
  })
}
