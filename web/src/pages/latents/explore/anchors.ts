const FEWEST = 3 // points that a name stands for

/** For each group the row in the midst of its points, where its name is written; null for a group of too few. */
export function anchorsOf(points: readonly (readonly number[])[], classes: ArrayLike<number>, groups: number): (number | null)[] {
  const rows: number[][] = Array.from({ length: groups }, () => [])
  points.forEach((_, row) => rows[classes[row] ?? 0]?.push(row))
  return rows.map((mine) => (mine.length < FEWEST ? null : midst(points, mine)))
}

function midst(points: readonly (readonly number[])[], rows: readonly number[]): number {
  const middle = (points[0] ?? []).map((_, d) => Float64Array.from(rows, (row) => points[row]?.[d] ?? 0).sort()[rows.length >> 1] ?? 0)
  const off = (row: number) => middle.reduce((sum, value, d) => sum + ((points[row]?.[d] ?? 0) - value) ** 2, 0)
  return rows.reduce((best, row) => (off(row) < off(best) ? row : best), rows[0] ?? 0)
}
