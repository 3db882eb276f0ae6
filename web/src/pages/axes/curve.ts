import type { AxisReport } from "../../client/axes"
import type { PackView } from "../../client/language"
import { curveOf } from "../text/doses"

/** What is known of an axis at one dose; null where that was not measured. */
export interface Point {
  dose: number
  /** Nats a token that the positive pole gains, against no steering. */
  effect: number
  perplexity: number | null
  kl: number | null
  distinct: number | null
  refusals: number | null
  /** Where a sentence encoder places the texts, -1 to 1. */
  meaning: number | null
}

/** What was evaluated, dose by dose; where nothing was, the curve of the calibration, with the damage at its ends. */
export function pointsOf(pack: PackView, report: AxisReport | null): Point[] {
  if (report === null) return calibrated(pack)
  const zero = report.gaps[report.doses.indexOf(0)] ?? 0
  return report.doses.map((dose, i) => ({
    dose,
    effect: (report.gaps[i] ?? 0) - zero,
    perplexity: report.damage[i]?.perplexity ?? null,
    kl: known(report.damage[i]?.kl, (kl) => Math.max(0, kl)), // 0 comes out as a little less
    distinct: report.damage[i]?.distinct ?? null,
    refusals: report.refusals[i] ?? null,
    meaning: report.meaning?.scores[i] ?? null,
  }))
}

const known = (value: number | undefined, read: (value: number) => number) => (value === undefined ? null : read(value))
const NOTHING = { perplexity: null, kl: null, distinct: null, refusals: null, meaning: null }

function calibrated({ negative, positive }: PackView): Point[] {
  const side = (reach: PackView["negative"], sign: number) => {
    if (reach === null) return []
    return curveOf(reach).slice(1).map(([dose], i, all) => ({
      ...NOTHING, dose: sign * dose, effect: sign * (reach.effects[i + 1] ?? 0), ...(i === all.length - 1 ? reach.damage : {}),
    }))
  }
  return [...side(negative, -1).reverse(), { ...NOTHING, dose: 0, effect: 0, perplexity: 1, kl: 0, distinct: 1 }, ...side(positive, 1)]
}

/** Round ends of a scale that hold all values, and at least what makes chance look small. */
export function domainOf(values: readonly number[], least: readonly number[] = []): [low: number, high: number] {
  const [low, high] = [Math.min(...values, ...least), Math.max(...values, ...least)]
  const step = stepOf((high - low || Math.abs(high) || 1) / 3)
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)]
  return [first * step, Math.max(last, first + 1) * step]
}

function stepOf(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  return ([1, 2, 2.5, 5, 10].find((step) => step * power >= rough * (1 - 1e-9)) ?? 10) * power
}

const MARGIN = 2 // room for the first and the last point

/** Where a dose lies across a figure, in per cent. */
export const across = (dose: number) => MARGIN + ((100 - 2 * MARGIN) * (dose + 1)) / 2

/** The place of the dose that lies nearest to a share of the width. */
export function nearest(doses: readonly number[], share: number): number {
  const off = (dose: number) => Math.abs(across(dose) - 100 * share)
  return doses.reduce((best, dose, i) => (off(dose) < off(doses[best] ?? 0) ? i : best), 0)
}

const CIVIDIS = [[0, 34, 78], [53, 69, 108], [102, 105, 112], [148, 142, 119], [200, 184, 102], [254, 232, 56]] as const

/** A colour of cividis for a share, and the ink that can be read on it. */
export function shadeOf(share: number): { background: string; color: string } {
  const place = Math.min(1, Math.max(0, share)) * (CIVIDIS.length - 1)
  const [from, to] = [CIVIDIS[Math.floor(place)] ?? CIVIDIS[0], CIVIDIS[Math.ceil(place)] ?? CIVIDIS[0]]
  const rgb = from.map((one, i) => Math.round(one + (place % 1) * ((to[i] ?? one) - one)))
  return { background: `rgb(${rgb.join(" ")})`, color: place < 2.32 ? "#ffffff" : "#000000" }
}
