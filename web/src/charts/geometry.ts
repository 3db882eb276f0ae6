import type { AxisBelief, CandidateView, RoundView } from "../client/types"
import { share } from "./format"

export const WIDTH = 100
export const HEIGHT = 44
export const HALF = 0.674 // 50 % of a normal lies within so many sd
export const NINE_TENTHS = 1.645

export interface Slice {
  line: string
  inner: string
  outer: string
  /** Where a coordinate lies across the plot, 0 to WIDTH. */
  x: (z: number) => number
  y: (mean: number) => number
}

/** The curve and its bands as paths, in odds of being preferred to the best so far. */
export function sliceOf({ z, mean, sd }: AxisBelief): Slice {
  const low = z[0] ?? -1
  const reach = (z.at(-1) ?? 1) - low || 1
  const x = (value: number) => (WIDTH * (value - low)) / reach
  const y = (logits: number) => HEIGHT * (1 - share(logits))
  const at = (i: number, sds: number) => point(x(z[i] ?? 0), y((mean[i] ?? 0) + sds * (sd[i] ?? 0)))
  const path = (sds: number) => z.map((_, i) => at(i, sds))
  const band = (sds: number) => `M${[...path(sds), ...path(-sds).reverse()].join("L")}Z`
  return { line: `M${path(0).join("L")}`, inner: band(HALF), outer: band(NINE_TENTHS), x, y }
}

function point(x: number, y: number): string {
  return `${x.toFixed(2)} ${y.toFixed(2)}`
}

/** The index on the slice that lies nearest to a share of its width. */
export function nearest(points: number, across: number): number {
  return Math.min(points - 1, Math.max(0, Math.round(across * (points - 1))))
}

/** A place that was tried, once, however often it was carried on. */
export interface Place {
  id: string
  round: number
  role: string | null
  artifact: string | null
  x: number
  y: number
  chosen: boolean
  isBest: boolean
  isFinal: boolean
}

export interface PlacesOptions {
  rounds: RoundView[]
  radius: number
  plane: readonly [number, number]
  incumbentId: string | null
  isChosen: (round: RoundView, candidate: CandidateView) => boolean
}

/** All places on the plane, in units of the radius, upwards positive. A carried picture belongs to its first round. */
export function placesOf({ rounds, radius, plane, incumbentId, isChosen }: PlacesOptions): Place[] {
  const [across, up] = plane
  const origin = new Map<string, string>()
  const places = new Map<string, Place>()
  for (const round of rounds)
    for (const candidate of round.candidates) {
      const source = candidate.carried_from === null ? candidate.id : (origin.get(candidate.carried_from) ?? candidate.carried_from)
      origin.set(candidate.id, source)
      const place = places.get(source) ?? {
        id: source, round: round.index, role: candidate.role, artifact: candidate.artifact,
        x: (candidate.z[across] ?? 0) / radius, y: across === up ? 0 : -(candidate.z[up] ?? 0) / radius,
        chosen: false, isBest: false, isFinal: false,
      }
      place.chosen ||= isChosen(round, candidate)
      place.isBest ||= candidate.id === incumbentId || candidate.is_incumbent
      place.isFinal ||= candidate.is_final
      places.set(source, place)
    }
  return [...places.values()]
}
