import type { EpochRow } from "../../../client/latentCourse"
import type { LatentRun } from "../../../client/latents"
import type { MapConfig } from "../explore/files"
import { rowsOf } from "../explore/selecting"

export interface Difference {
  knob: string
  values: [unknown, unknown]
}

/** The knobs that stand otherwise in two trainings. */
export function differences(a: Record<string, unknown>, b: Record<string, unknown>): Difference[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort().flatMap((knob) => (a[knob] === b[knob] ? [] : [{ knob, values: [a[knob], b[knob]] as [unknown, unknown] }]))
}

/** Pictures that both runs show: those that can be linked. None where they learned from other pictures. */
export function sharedOf(a: MapConfig, b: MapConfig): number {
  return a.data.sha256 === b.data.sha256 ? rowsOf(a, b.viz_indices).length : 0
}

/** What is pointed at and chosen on a map, as pictures of the set: each run has rows of its own for them. */
export interface Marks {
  here: number | null
  chosen: readonly number[]
}
export const UNMARKED: Marks = { here: null, chosen: [] }

/** The marks of each map after a change on one of them: linked maps have the same. */
export function marked(marks: readonly Marks[], side: number, change: Partial<Marks>, areLinked: boolean): Marks[] {
  return marks.map((one, at) => (areLinked || at === side ? { ...one, ...change } : one))
}

/** The figures of the last epoch that either has. */
export function metricsOf(a: LatentRun, b: LatentRun): { metric: string; values: [number | null, number | null] }[] {
  const of = (run: LatentRun, metric: string) => (typeof run.metrics[metric] === "number" ? run.metrics[metric] : null)
  const names = [...new Set([...Object.keys(a.metrics), ...Object.keys(b.metrics)])].filter((name) => !["epoch", "epochs", "seconds"].includes(name)).sort()
  return names.flatMap((metric) => { const values: [number | null, number | null] = [of(a, metric), of(b, metric)]; return values.every((one) => one === null) ? [] : [{ metric, values }] })
}

interface Curve {
  xs: number[]
  lines: (number | null)[][]
}

/** A metric over the epochs of both runs; nothing where neither tells it. */
export function curveOf(metric: string, runs: readonly (readonly EpochRow[])[]): Curve | null {
  const told = runs.map((rows) => new Map(rows.flatMap((row) => (typeof row[metric] === "number" ? [[row.epoch, row[metric]] as const] : []))))
  const xs = [...new Set(told.flatMap((one) => [...one.keys()]))].sort((a, b) => a - b)
  return xs.length === 0 ? null : { xs, lines: told.map((one) => xs.map((x) => one.get(x) ?? null)) }
}
