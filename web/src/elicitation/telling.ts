import type { Answer, Verdict, Why } from "../client/types"
import { count } from "../ui/format"
import type { Noun } from "../ui/medium"

/** Why one can't decide, as buttons and sentences say it. */
export const WHY_WORDS: Record<Why, { short: string; means: string; told: string }> = {
  alike: { short: "All alike", means: "there is no difference that matters", told: "they were all alike" },
  bad: { short: "All bad", means: "none of them will do", told: "none of them would do" },
  different: { short: "Different merits", means: "each is good in its own way", told: "each was good in its own way" },
}

/** What was answered, as one would tell it; `place` counts from 1. */
export function toldInWords(said: Answer, place: (id: string) => number, noun: Noun = "Picture"): string {
  const name = (id: string) => `${noun.toLowerCase()} ${String(place(id))}`
  const names = (ids: string[]) => listed([...ids].sort((a, b) => place(a) - place(b)).map(name))
  switch (said.kind) {
    case "ranking":
      return `You chose ${said.order.map(name).join(", then ")}.`
    case "pairwise":
      return `You preferred ${name(said.winner)} to ${name(said.loser)}.`
    case "ratings":
      return `You gave ${listed(inPlace(said.stars, place).map(([id, stars]) => `${count(stars, "star")} to ${name(id)}`))}.`
    case "approval":
      return kept(inPlace(said.approved, place).flatMap(([id, yes]) => (yes ? [id] : [])), said.favourite, name)
    case "shortlist":
      return kept([...said.kept].sort((a, b) => place(a) - place(b)), said.favourite, name)
    case "worst":
      return `You dropped ${name(said.worst)}${said.best ? ` and kept ${name(said.best)}` : ""}.`
    case "versus":
      return `Beside ${name(said.incumbent)}, you found ${listed(besides(inPlace(said.verdicts, place), name))}${said.best ? `, ${name(said.best)} the best of all` : ""}.`
    case "tie":
      return `You found ${names(said.items)} about equal, and better than the rest.`
    case "undecided":
      return `You couldn’t decide: ${WHY_WORDS[said.why].told}.`
    default:
      return "You answered." // in a way that this page is too old to know
  }
}

function inPlace<T>(record: Record<string, T>, place: (id: string) => number): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => place(a) - place(b))
}

function kept(ids: string[], favourite: string | null | undefined, name: (id: string) => string): string {
  if (ids.length === 0) return "You kept none of them."
  return `You kept ${listed(ids.map(name))}${favourite && ids.length > 1 ? `, ${name(favourite)} above all` : ""}.`
}

function besides(verdicts: [string, Verdict][], name: (id: string) => string): string[] {
  const words: Record<Verdict, string> = { better: "better", same: "as good", worse: "worse" }
  return (Object.keys(words) as Verdict[]).flatMap((verdict) => {
    const ids = verdicts.filter(([, given]) => given === verdict).map(([id]) => name(id))
    return ids.length > 0 ? [`${listed(ids)} ${words[verdict]}`] : []
  })
}

/** "a", "a and b", "a, b and c". */
function listed(words: string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`
}
