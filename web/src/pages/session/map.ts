import { useState } from "react"
import type { Axis, Config, RoundView, SessionView, Submission } from "../../client/types"
import type { MapOf } from "../../elicitation/Gallery"
import type { Wish } from "../../elicitation/sheet"

export interface Wishing {
  /** What comes next: as wished, or as the sampler would have it. */
  value: Wish
  onChange: (wish: Wish) => void
  /** The answer with the wish, as a tag on the picture that was chosen. */
  with: (sent: Submission) => Submission
}

/** Where to look after a map, if the person says so; kept for its round alone. */
export function useWish(session: SessionView, round: RoundView): Wishing {
  const [wished, setWished] = useState<{ round: string; wish: Wish } | null>(null)
  const wish = wished?.round === round.id ? wished.wish : null
  return {
    value: wish ?? ((round.sheet?.level ?? 0) < zoomsOf(session) ? "look closer" : "look elsewhere"),
    onChange: (one) => { setWished({ round: round.id, wish: one }) },
    with: (sent) => {
      const on = sent.answer.kind === "ranking" ? sent.answer.order[0] : sent.shown?.[0]
      if (wish === null || on === undefined) return sent
      return { ...sent, tags: { ...sent.tags, [on]: [...(sent.tags?.[on] ?? []), wish] } }
    },
  }
}

/** What a map of this round needs; null where its pictures lie on no sheet, and none is to come. */
export function mapOf(session: SessionView, round: RoundView, wishing: Wishing | null = null): MapOf | null {
  const isDue = round.candidates.length === 0 && round.index > 0 // round 0 is a style calibration
  const directions = round.sheet?.basis.length ?? (isDue ? { plane: 2, line: 1 }[samplerOf(session).kind ?? ""] : undefined)
  if (directions === undefined) return null
  return {
    axes: session.axes as unknown as Axis[], region: session.region, radius: session.radius, rounds: session.round_views, directions,
    next: wishing !== null && round.sheet !== null && samplerOf(session).kind !== undefined ? wishing : null,
  }
}

function zoomsOf(session: SessionView): number {
  return samplerOf(session).zooms ?? 2
}

function samplerOf(session: SessionView): { kind?: string; zooms?: number } {
  const { sampler } = session.config as unknown as Config
  return typeof sampler === "string" ? { kind: sampler } : (sampler as { kind?: string; zooms?: number })
}
