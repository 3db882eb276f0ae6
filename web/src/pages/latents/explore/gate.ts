import type { Knn } from "./files"

/** Softness of the gate: by how many typical reaches an edge fades to a third. */
const SOFTNESS = 0.35

interface Gate {
  /** The map's length for a latent length: of this method, in so many dimensions. */
  unit: number
  tau: number
}

/** How lengths on a map compare with latent ones, by the distances that the run kept of the same neighbours. */
export function gateOf({ data }: Knn, dims: 2 | 3): Gate {
  const [here, there] = [middle(data.d_proj[`${dims}d`].flat()), middle(data.d_latent.flat())]
  const unit = there > 0 && here > 0 ? here / there : 1
  return { unit, tau: SOFTNESS * unit * (middle(data.d_k) || 1) }
}

/** How far a point reaches on the map: the farther, the larger its latent d_k. `extent` 1 is its k-th neighbour. */
export function radiusOf(dK: number, extent: number, { unit }: Gate): number {
  return extent * unit * dK
}

/** How clearly an edge of a length is drawn: fully within the radius, then fading, never cut off. */
export function alphaOf(length: number, radius: number, { tau }: Gate): number {
  return Math.exp(-Math.max(0, length - radius) / tau)
}

export interface Edge {
  from: number
  to: number
  alpha: number
}

/** The edges of some points to their nearest in latent space: fading out beyond its reach, or without one all alike. */
export function edgesOf(rows: readonly number[], knn: Knn, dims: 2 | 3, reach: { gate: Gate; extent: number } | null): Edge[] {
  const lengths = knn.data.d_proj[`${dims}d`]
  return rows.flatMap((from) => {
    return (knn.data.rows[from] ?? []).map((to, j) => ({
      from, to, alpha: reach ? alphaOf(lengths[from]?.[j] ?? 0, radiusOf(knn.data.d_k[from] ?? 0, reach.extent, reach.gate), reach.gate) : 1,
    }))
  })
}

function middle(values: readonly number[]): number {
  return Float64Array.from(values).sort()[values.length >> 1] ?? 0
}
