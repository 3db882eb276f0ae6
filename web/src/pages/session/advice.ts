import type { Advice } from "../../client/types"
import { percent } from "../../ui/format"

export const VERDICT_WORDS: Record<Advice["verdict"], string> = {
  go_on: "Go on",
  worth_stopping: "Worth stopping",
  cannot_tell: "I can’t tell yet",
}

/** What one more round may show. */
export function chanceInWords(chance: number): string {
  if (chance < 0.005) return "One more round will hardly show anything that you would clearly prefer."
  return `The chance that one more round shows something you clearly prefer is ${percent(chance)}.`
}

/** The advice in the few words that a heading has room for. */
export function adviceInShort({ verdict, gain }: Advice): string {
  if (verdict === "cannot_tell") return "can’t tell yet"
  if (verdict !== "go_on" || gain === null) return VERDICT_WORDS[verdict].toLowerCase()
  return `go on, ${percent(gain)} to gain`
}
