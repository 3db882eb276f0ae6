import type { TasteAxis, TasteProfile } from "../../client/types"
import { count, percent, signed } from "../../ui/format"

export const HALF = 0.674 // 50 % of a normal lies within so many sd

/** How sure one may be of one's own word on an axis, as the spread that it stands for, as a share of the radius. */
export const SURENESS = { exactly: 0.1, about: 0.2, roughly: 0.4 } as const

export type Sureness = keyof typeof SURENESS

/** The nearest word for a spread. */
export function surenessOf(share: number): Sureness {
  const words = Object.keys(SURENESS) as Sureness[]
  return words.reduce((best, word) => (Math.abs(SURENESS[word] - share) < Math.abs(SURENESS[best] - share) ? word : best))
}

/** Whether the next session may be expected on one side of the prompt: 3 in 4 of them, or more. */
export function isTold({ mean, sd }: Pick<TasteAxis, "mean" | "sd">): boolean {
  return Math.abs(mean) > HALF * sd
}

/** An axis in a sentence, for those who don't see the bar. */
export function axisInWords(one: TasteAxis): string {
  const { axis, mean, low, high } = one
  const between = `90 % of sessions between ${signed(low)} and ${signed(high)}`
  if (!isTold(one)) return `${axis.negative} to ${axis.positive}: no side that I would bet on; ${between}.`
  return `${axis.negative} to ${axis.positive}: probably towards ${mean < 0 ? axis.negative : axis.positive}, about ${signed(mean)}; ${between}.`
}

/** Who tells it, and how much alike they are. */
export function tellersInWords({ sessions, agreement }: TasteProfile): string {
  const counting = sessions.filter(({ counts }) => counts).length
  if (counting === 0) return "No session counts, so I expect nothing in particular."
  const told = `${count(counting, "session")} ${counting === 1 ? "tells" : "tell"} this`
  if (agreement === null) return `${told}. One alone says little about the next, so I stay careful.`
  const words = agreement > 0.75 ? "They are much alike" : agreement > 0.4 ? "They are somewhat alike" : "They hardly agree, so I stay careful"
  return `${told}. ${words} (to ${percent(agreement)}).`
}
