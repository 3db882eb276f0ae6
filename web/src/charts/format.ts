import type { Axis, AxisBelief } from "../client/types"
import { count, percent, shortAxis, signed } from "../ui/format"

/** How often one is preferred whose utility lies so many units of choice noise above the other's. */
export function share(logits: number): number {
  return 1 / (1 + Math.exp(-logits))
}

/** An axis by the shortest name that its two ends, written under it, don't already say. */
export function axisTitle({ name, negative, positive }: Axis): string {
  const ends = `${negative} ↔ ${positive}`
  const prefix = name.endsWith(ends) ? name.slice(0, -ends.length).replace(/[:\s]+$/, "") : ""
  return prefix || shortAxis(name)
}

/** The end of an axis that a number points to. */
export function endOf({ negative, positive }: Axis, value: number): string {
  return value < 0 ? negative : positive
}

const HARDLY = 0.05

/** What the last answer moved most; empty where there is nothing to compare. */
export function movedInWords(axes: AxisBelief[]): string {
  const compared = axes.flatMap(({ axis, moved }) => (moved === null ? [] : [{ axis, moved }]))
  const [most] = compared.sort((a, b) => Math.abs(b.moved) - Math.abs(a.moved))
  if (most === undefined) return ""
  if (Math.abs(most.moved) < HARDLY) return "Your last answer hardly moved anything."
  return `Your last answer moved me ${Math.abs(most.moved).toFixed(1)} towards ${endOf(most.axis, most.moved)}.`
}

/** One axis, read aloud in a sentence. */
export function sliceInWords(belief: AxisBelief): string {
  const { axis, best, best_sd, at, known, p_higher } = belief
  const title = `${axis.negative} to ${axis.positive}`
  if (!known) return `${title}: can't tell yet which side you like better.`
  const agree = p_higher === null ? "" : `, ${percent(Math.max(p_higher, 1 - p_higher))} sure`
  const place = `${signed(best)} ± ${best_sd.toFixed(1)}`
  return `${title}: you seem to like ${place} best, nearer to ${endOf(axis, best - at)} than your best so far${agree}.`
}

/** One place on an axis: how often it would be preferred to the best so far. */
export function placeInWords(z: number, mean: number): string {
  return `at ${signed(z)}: ${percent(share(mean))}`
}

/** The map in one line. */
export function mapInWords(places: number, rounds: number, across: Axis | undefined, at: number | null): string {
  const tried = `${count(places, "place")} tried in ${count(rounds, "round")}`
  if (places === 0) return "Nothing tried yet: each picture becomes a dot here."
  if (at === null || across === undefined) return `${tried}; nothing chosen yet.`
  if (Math.abs(at) < HARDLY) return `${tried}; your best lies in the middle.`
  return `${tried}; your best lies towards ${endOf(across, at)}.`
}
