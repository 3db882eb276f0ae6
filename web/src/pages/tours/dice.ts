import type { RoundView } from "../../client/types"
import { winnersOf } from "../../elicitation/words"

/** The place of both arms after the same number of renders; null where it isn't known yet. */
export interface Standing {
  renders: number
  steered: number | null
  dice: number | null
}

type Draw = () => number

/** A direction, all equally likely (normal draws after Box and Muller, 1958). */
function direction(dimension: number, draw: Draw): number[] {
  const normals = Array.from({ length: dimension }, () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw()))
  const length = Math.hypot(...normals) || 1
  return normals.map((value) => value / length)
}

/** A place for the target: well away from the middle, where everybody begins, and inside the ball. */
export function hidden(dimension: number, radius: number, draw: Draw = Math.random): number[] {
  const reach = radius * (0.75 + 0.2 * draw())
  return direction(dimension, draw).map((value) => value * reach)
}

/** A throw of the dice: any place of the ball, all equally likely. */
export function thrown(dimension: number, radius: number, draw: Draw = Math.random): number[] {
  const reach = radius * draw() ** (1 / dimension)
  return direction(dimension, draw).map((value) => value * reach)
}

export function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((value, i) => value - (b[i] ?? 0)))
}

/** How many pictures of a round were made for it. */
export function rendersOf(round: RoundView): number {
  return round.candidates.filter(({ carried_from }) => carried_from === null).length
}

/**
 * How far each arm is from the target after each answer. The steered arm stands where the person chose; the dice
 * stand at the nearest of all their throws so far, found by measuring.
 */
export function standings(rounds: RoundView[], target: readonly number[], throws: readonly (readonly number[] | null)[]): Standing[] {
  let renders = 0
  return rounds.flatMap((round) => {
    renders += rendersOf(round)
    const [winner] = winnersOf(round.answer, round.candidates)
    if (winner === undefined) return []
    const so_far = throws.slice(0, renders)
    const dice = so_far.length === renders && so_far.every((one) => one !== null) ? Math.min(...so_far.map((one) => distance(one ?? [], target))) : null
    return [{ renders, steered: distance(winner.z, target), dice }]
  })
}

/** The outcome in one sentence, whichever it is. */
export function outcome({ renders, steered, dice }: Standing): string {
  if (steered === null || dice === null) return ""
  const figures = `${steered.toFixed(2)} from the target, the dice ${dice.toFixed(2)}, after ${String(renders)} pictures each`
  if (Math.abs(steered - dice) < 0.01) return `A draw: you are ${figures}.`
  return steered < dice ? `You are nearer: ${figures}.` : `The dice were luckier: you are ${figures}.`
}
