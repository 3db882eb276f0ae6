import type { AxisReport, Damage } from "../../client/axes"
import type { AxisView, PackView } from "../../client/language"
import type { Phase } from "../../ui/PhaseBar"
import { percent, signed } from "../../ui/format"

export const NOT_YET = "not measured yet"

/** How an axis stands with a model. */
export type Standing = "ready" | "stale" | "raw" | "none"

export function standingOf({ pack }: Pick<AxisView, "pack">): Standing {
  if (pack === null) return "none"
  if (!pack.usable) return "raw"
  return pack.current ? "ready" : "stale"
}

export const STANDING_WORDS: Record<Standing, string> = {
  ready: "ready",
  stale: "pairs changed since",
  raw: "not calibrated",
  none: "no vectors yet",
}

/** A ratio as people say it: ×1.74. */
export const times = (ratio: number) => `×${ratio >= 100 ? ratio.toFixed(0) : ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2)}`

/** A method of extraction in words. */
export const methodInWords = (method: string) => method.replaceAll("_", " ")

/** How many answers a pole, by what they are for. */
export function pairsInWords({ train = 0, held_out = 0 }: Record<string, number>): string {
  return held_out === 0 ? `${String(train)} pairs` : `${String(train)} + ${String(held_out)} held out`
}

const HARDLY = 2 // times a random push, below which an axis does not stand out

/** Whether an axis does little more than chance. */
export const isWeak = ({ effect, floor }: PackView) => effect !== null && floor !== null && effect < HARDLY * floor

/** What an axis does, measured on answers that it was not made from. */
export function effectTold({ negative, positive }: AxisView["poles"], pack: PackView): string[] {
  const { effect, floor, instructed } = pack
  if (effect === null) return ["What it does was not measured yet, so nothing is promised of it."]
  const odds = Math.exp(Math.abs(effect))
  const told = [
    `From full ${negative} to full ${positive}, the odds of ${positive} wording over ${negative} wording grow ${effect < 0 ? "the wrong way, " : ""}`
    + `${odds >= 10 ? odds.toFixed(0) : odds.toFixed(1)}-fold at each token on average (${effect.toFixed(2)} nats).`,
  ]
  if (floor !== null) {
    const beside = effect / Math.max(floor, 1e-9)
    told.push(isWeak(pack)
      ? `That is little beside a push in a random direction (${floor.toFixed(2)}): clearer pairs would help.`
      : `A push in a random direction does ${floor.toFixed(2)}, ${beside >= 10 ? beside.toFixed(0) : beside.toFixed(1)} times less.`)
  }
  if (instructed !== null)
    told.push(`Asking for it in words does ${instructed.toFixed(2)}${instructed > effect ? ", which is more" : ""}.`)
  return told
}

/** What it does while the axis that is most like it steers too, if that was measured. */
export function besideTold({ composition }: AxisReport): string | null {
  if (!composition) return null
  const { other, cosine, dose, alone, together, spilled } = composition
  return `With ${other}, the axis most like it (cosine ${signed(cosine, 2)}), each at dose ${String(dose)}: it does ${together.toFixed(2)} where alone it does ${alone.toFixed(2)}; ${other} by itself does ${signed(spilled, 2)} on its answers.`
}

/** How evenly the slider works. */
export function sliderTold({ monotone, won }: PackView, straight: number | null): string[] {
  const told: string[] = []
  if (monotone !== null)
    told.push(monotone >= 0.95
      ? `More dose is always more of it${straight === null ? "" : `; ${percent(straight)} of the way is a straight line`}.`
      : `The effect does not rise all along the slider (rank correlation ${monotone.toFixed(2)}).`)
  if (won !== null) told.push(won === 1 ? "All held-out pairs move the right way." : `${percent(won)} of the held-out pairs move the right way.`)
  return told
}

/** What the far end of a pole costs. */
export function damageTold(pole: string, { perplexity, kl, distinct }: Damage): string {
  const unusual = perplexity <= 1.05 ? "text is as usual as without steering" : `text is ${perplexity.toFixed(perplexity >= 10 ? 0 : 1)} times as unusual as without steering`
  const repeats = distinct < 0.95 ? `it repeats itself more (${percent(distinct)} of the usual variety)` : "it repeats itself no more than before"
  return `At full ${pole}, ${unusual}, ${repeats}, and other answers shift by ${kl.toFixed(2)} nats a token.`
}

/** The damage at both ends: as it was evaluated, else as calibration found it. */
export function endsOf(pack: PackView, report: AxisReport | null): { negative: Damage | null; positive: Damage | null } {
  return {
    negative: report?.damage[0] ?? pack.negative?.damage ?? null,
    positive: report?.damage.at(-1) ?? pack.positive?.damage ?? null,
  }
}

/** The share of texts that were refused or empty at any dose, if some were. */
export function refusalsTold({ refusals, doses }: AxisReport): string | null {
  const worst = Math.max(...refusals)
  if (worst === 0) return null
  return `At dose ${String(doses[refusals.indexOf(worst)])}, ${percent(worst)} of the texts decline or stay empty.`
}

const MEASURING = ["reading held-out answers", "trying random directions", "writing samples at nine doses", "reading what it damages"]
const CALIBRATING = ["writing at rising doses", "writing near the end of the damage budget", "finding where the damage budget ends"]

/** What is being done for an axis, this moment. */
export function stepInWords(live: Phase | undefined): string {
  if (live === undefined) return "waiting for its turn"
  const { phase, done, total } = live
  if (phase === "loading") return "loading the model"
  if (phase === "saving") return "keeping what was found"
  if (phase === "comparing" && total !== MEASURING.length) return `comparing layers and methods, ${String(done + 1)} of ${String(total)}`
  if (total === MEASURING.length) return MEASURING[done] ?? phase
  if (phase === "generating") return CALIBRATING[done] ?? phase
  return done === 2 && total === CALIBRATING.length ? CALIBRATING[2] ?? phase : "reading the pairs"
}
