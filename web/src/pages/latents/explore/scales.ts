const ROOM = 0.92 // of the map's half: so that no point lies on its edge

/** Where a map lies in the square (or cube) from -1 to 1; one scale for all axes, so that lengths stay comparable. */
export interface Fit {
  middle: number[]
  scale: number
}

export function fitOf(points: readonly (readonly number[])[]): Fit {
  const dims = points[0]?.length ?? 2
  const low = new Array<number>(dims).fill(Infinity)
  const high = new Array<number>(dims).fill(-Infinity)
  for (const point of points)
    for (let d = 0; d < dims; d++) {
      const value = point[d] ?? 0
      if (value < (low[d] ?? 0)) low[d] = value
      if (value > (high[d] ?? 0)) high[d] = value
    }
  const half = Math.max(...high.map((value, d) => (value - (low[d] ?? 0)) / 2))
  return { middle: high.map((value, d) => (points.length ? (value + (low[d] ?? 0)) / 2 : 0)), scale: half > 0 && Number.isFinite(half) ? ROOM / half : 1 }
}

/** All points in that square, one after the other: x, y(, z). */
export function placed(points: readonly (readonly number[])[], { middle, scale }: Fit): Float32Array {
  const dims = middle.length
  const places = new Float32Array(points.length * dims)
  points.forEach((point, row) => {
    for (let d = 0; d < dims; d++) places[row * dims + d] = ((point[d] ?? 0) - (middle[d] ?? 0)) * scale
  })
  return places
}
