import type { AxisView, Doses, PackView, Reach } from "../../client/language"

/** Below this a dose is no dose. */
const NOTHING = 0.005

/** An axis whose doses can be asked for. */
export type Ready = AxisView & { pack: PackView }
export const isReady = (axis: AxisView): axis is Ready => axis.pack?.usable === true

/** Only those that this model can be steered by: an axis may have gone since its dose was kept. */
export function readyOf(doses: Doses, axes: AxisView[]): Doses {
  const ready = new Set(axes.filter(isReady).map(({ name }) => name))
  return Object.fromEntries(Object.entries(doses).filter(([name]) => ready.has(name)))
}

/** Only what steers, to be sent. */
export function activeOf(doses: Doses): Doses {
  return Object.fromEntries(Object.entries(doses).filter(([, dose]) => Math.abs(dose) > NOTHING))
}

/** Whether an answer that was made by some doses would be made by others now; those drawn anew each time tell nothing. */
export function areOther(now: Doses, made: Doses, drawn: string[] = []): boolean {
  const names = Object.keys({ ...now, ...made }).filter((name) => !drawn.includes(name))
  return names.some((name) => Math.abs((now[name] ?? 0) - (made[name] ?? 0)) > NOTHING)
}

/** A dose in words: "formal 0.60", or "neutral". */
export function doseInWords({ poles }: Pick<AxisView, "poles">, dose: number): string {
  if (Math.abs(dose) <= NOTHING) return "neutral"
  return `${dose > 0 ? poles.positive : poles.negative} ${Math.abs(dose).toFixed(2)}`
}

/** Equal steps from one end of the measured range to the other, the middle among them. */
export function spreadDoses(count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.round(((2 * i) / (count - 1) - 1) * 100) / 100)
}

/** What an axis does to its model, against chance. */
export function effectInWords({ effect, floor }: PackView): string {
  if (effect === null) return "Its effect was not measured"
  if (floor === null || floor <= 0) return `Effect ${effect.toFixed(2)}`
  const times = effect / floor
  return times < 1.5 ? "Hardly more than a random push does" : `${times >= 10 ? times.toFixed(0) : times.toFixed(1)} times what a random push does`
}

/** What the far end of a pole costs, and why it is the end. */
export function damageInWords(pole: string, reach: Reach | null): string {
  if (reach === null) return `Nothing was found towards ${pole}.`
  const cost = Math.max(0, (reach.damage.perplexity - 1) * 100)
  return `Full ${pole}: text ${cost < 1 ? "as usual" : `${cost.toFixed(0)} % less usual`}; ${ENDED[reach.ended_by]}.`
}

const ENDED: Record<Reach["ended_by"], string> = {
  perplexity: "past it, wording breaks",
  kl: "past it, other things change too",
  distinct: "past it, it repeats itself",
  effect: "more brings no more of it",
  range: "more was not tried",
}

/** Whether a dose is past what the damage budget allows. */
export const isPast = (dose: number) => Math.abs(dose) > 1 + NOTHING

/** The measured curve of a pole: (dose, effect) from neutral to dose 1, as the model's push is scaled by it. */
export function curveOf({ strengths, effects }: Reach): [dose: number, effect: number][] {
  const [hardest, most] = [strengths.at(-1) ?? 1, effects.at(-1) ?? 0]
  return strengths.map((strength, i) => {
    const [line, effect] = [strength / hardest, effects[i] ?? 0]
    return [most > 0 ? (0.98 * effect) / most + 0.02 * line : line, effect]
  })
}
