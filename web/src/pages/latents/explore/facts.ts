import { percent } from "../../../ui/format"
import type { Knn, MapConfig } from "./files"
import type { Edge } from "./gate"
import { labelOf } from "./selecting"
import type { Bundle } from "./useBundle"

/** What is known of a point, as the run's files tell it; null where they don't. */
export interface Facts {
  row: number
  picture: number
  label: string | null
  component: number | null
  confidence: number | null
  /** Of its k nearest in latent space, those that the map has torn away. */
  lost: number
  k: number
  ratio: number | null
}

export function factsOf(row: number, config: MapConfig, { map, health, distortion }: Bundle): Facts {
  return {
    row, picture: config.viz_indices[row] ?? row, label: labelOf(config, row),
    component: health?.data.component[row] ?? null, confidence: health?.data.confidence?.[row] ?? null,
    lost: Math.round((map.trust.lost[row] ?? 0) * map.trust.k), k: map.trust.k, ratio: distortion?.ratios[row] ?? null,
  }
}

/** A point in a few words: for its tip, and for whoever hears it. */
export function pointInWords({ picture, label, component, confidence }: Facts): string {
  return [
    `picture ${String(picture)}`, label === null ? null : `a ${label}`,
    component === null ? null : `component ${String(component)}${confidence === null ? "" : `, ${percent(confidence)} sure`}`,
  ].filter(Boolean).join(" · ")
}

export interface Neighbour {
  row: number
  /** Latent distance. */
  away: number
  /** How clearly its edge is drawn, 0 to 1. */
  clear: number
}

/** The nearest of a point; without a way of drawing edges, none of these is clear. */
export function neighboursOf(row: number, knn: Knn | undefined, edges: readonly Edge[] = []): Neighbour[] {
  return (knn?.data.rows[row] ?? []).map((to, j) => ({ row: to, away: knn?.data.d_latent[row]?.[j] ?? 0, clear: edges.find((edge) => edge.from === row && edge.to === to)?.alpha ?? 0 }))
}

/** How far a point reaches: on the map, and in latent space. */
export interface Reach {
  radius: number
  extent: number
  dK: number
}
