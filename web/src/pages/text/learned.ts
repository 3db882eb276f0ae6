import type { AxisView, Doses, ProfileView } from "../../client/language"

/** What changed of a profile's doses, in words: "a bit more formal, much less warm". */
export function changeInWords(before: Doses, after: Doses, axes: Pick<AxisView, "name" | "poles">[]): string {
  return axes.flatMap(({ name, poles }) => {
    const moved = (after[name] ?? 0) - (before[name] ?? 0)
    if (Math.abs(moved) < 0.02) return []
    const much = Math.abs(moved) < 0.15 ? "a bit more" : Math.abs(moved) < 0.5 ? "more" : "much more"
    return [`${much} ${moved > 0 ? poles.positive : poles.negative}`]
  }).join(", ")
}

/** What a dose of a profile rests on. */
export function whyInWords({ by_hand, grounds }: ProfileView["believed"][number]): string {
  if (by_hand !== null) return "you set it by hand"
  const count = (kinds: string[]) => grounds.filter(({ kind }) => kinds.includes(kind)).length
  const [compared, noticed] = [count(["compared", "amount"]), count(["reaction", "remarked", "edited", "time_spent"])]
  const parts = [compared > 0 && `${String(compared)} of your comparisons`, noticed > 0 && `${String(noticed)} of your reactions`].filter(Boolean)
  return parts.length > 0 ? `rests on ${parts.join(" and ")}` : "nothing tells of it yet"
}

/** The doses as events of a profile take them: up to the full pole. */
export function toldDoses(doses: Doses): Doses {
  return Object.fromEntries(Object.entries(doses).map(([name, dose]) => [name, Math.max(-1, Math.min(1, dose))]))
}
