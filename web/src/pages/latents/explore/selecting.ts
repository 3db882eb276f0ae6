import type { MapConfig } from "./files"

export interface Count {
  group: number
  name: string
  count: number
  share: number
}

/** How many of some points are of each class (or component), the most first. */
export function countsOf(rows: readonly number[], of: readonly number[], names: (index: number) => string): Count[] {
  const counts = new Map<number, number>()
  for (const row of rows) {
    const group = of[row]
    if (group !== undefined) counts.set(group, (counts.get(group) ?? 0) + 1)
  }
  return [...counts].sort(([a, x], [b, y]) => y - x || a - b).map(([group, count]) => ({ group, name: names(group), count, share: count / rows.length }))
}

/** A class by its name. */
export function labelOf(config: MapConfig, row: number): string | null {
  const label = config.data.viz_labels?.[row]
  return label === undefined ? null : (config.data.class_names[label] ?? String(label))
}

/** The rows that are shown where some groups are hidden; null where none is. */
export function shownOf(classes: Uint16Array, hidden: ReadonlySet<number>): number[] | null {
  if (hidden.size === 0) return null
  const rows: number[] = []
  classes.forEach((group, row) => { if (!hidden.has(group)) rows.push(row) })
  return rows
}

/** The rows of a run for pictures of the set: two runs on the same pictures have the same ones. */
export function rowsOf(config: MapConfig, pictures: readonly number[]): number[] {
  const rows = new Map(config.viz_indices.map((picture, row) => [picture, row]))
  return pictures.flatMap((picture) => rows.get(picture) ?? [])
}
