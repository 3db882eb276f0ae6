import type { RoundView } from "../../client/types"
import { forecastOf, winnersOf } from "../../elicitation/words"
import { count, percent } from "../../ui/format"

/** What was forecast of one choice before it was made: for the one that was chosen, blindly, and of the likeliest. */
export interface Guess {
  index: number
  given: number
  blind: number
  isHit: boolean
}

/** The forecasts of the choices so far; a choice without a forecast is left out. */
export function guessesOf(rounds: RoundView[]): Guess[] {
  return rounds.flatMap(({ index, answer, candidates }) => {
    const [winner] = winnersOf(answer, candidates)
    const shares = candidates.flatMap((one) => forecastOf(one)?.p_best ?? [])
    const given = winner && forecastOf(winner)?.p_best
    if (given === undefined) return []
    return [{ index, given, blind: 1 / shares.length, isHit: given === Math.max(...shares) }]
  })
}

/** How well it guessed in all, in one sentence, whichever it is. */
export function outcome(guesses: Guess[]): string {
  if (guesses.length === 0) return ""
  const mean = (of: (guess: Guess) => number) => guesses.reduce((sum, one) => sum + of(one), 0) / guesses.length
  const [given, blind] = [mean((one) => one.given), mean((one) => one.blind)]
  const verdict = given > blind + 0.02 ? "I begin to know you" : given < blind - 0.02 ? "You surprised me" : "I can’t tell yet what you like"
  return `${verdict}: I gave your choices ${percent(given)} on average, a blind guess gives ${percent(blind)}. My favourite was yours ${count(guesses.filter(({ isHit }) => isHit).length, "time")} of ${String(guesses.length)}.`
}
