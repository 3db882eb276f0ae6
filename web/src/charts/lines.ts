export interface Line {
  name: string
  points: readonly (readonly [x: number, y: number])[]
}

/** Every place where some line has a value, in order. */
export function xsOf(lines: readonly Line[]): number[] {
  return [...new Set(lines.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b)
}

const STEPS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10]

/** A round number that no value exceeds. */
export function topOf(lines: readonly Line[]): number {
  const most = Math.max(0, ...lines.flatMap(({ points }) => points.map(([, y]) => y)))
  if (most === 0) return 1
  const power = 10 ** Math.floor(Math.log10(most))
  return power * (STEPS.find((step) => step * power >= most) ?? 10)
}

const MARGIN = 2 // room for the first and the last point

export function across(xs: readonly number[], x: number): number {
  const [first = 0, last = first] = [xs[0], xs.at(-1)]
  return last === first ? 50 : MARGIN + ((100 - 2 * MARGIN) * (x - first)) / (last - first)
}

export function down(top: number, y: number): number {
  return 100 - (100 * y) / top
}

/** The place that lies nearest to a share of the width. */
export function nearestX(xs: readonly number[], share: number): number | null {
  const off = (x: number) => Math.abs(across(xs, x) - 100 * share)
  return xs.reduce<number | null>((best, x) => (best === null || off(x) < off(best) ? x : best), null)
}
