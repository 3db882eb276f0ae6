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

type Room = Pick<ProfileView, "axes" | "active" | "max_active">

/** Of these axes, those that a profile can be told of: its own, first what it steers, then as many as it has room for. */
export function toldAxes(names: string[], { axes, active, max_active }: Room): string[] {
  const steered = names.filter((name) => active.includes(name))
  const others = axes.filter((name) => names.includes(name) && !active.includes(name))
  return [...steered, ...others.slice(0, Math.max(0, max_active - active.length))]
}

/** The doses as events of a profile take them: of its own axes, up to the full pole. */
export function toldDoses(doses: Doses, profile: Room): Doses {
  return Object.fromEntries(toldAxes(Object.keys(doses), profile).map((name) => [name, Math.max(-1, Math.min(1, doses[name] ?? 0))]))
}

/** Doses that a person keeps in a profile, which takes up axes made since it was begun. */
export function keptDoses(doses: Doses, profile: Room): Doses {
  return toldDoses(doses, { ...profile, axes: [...new Set([...profile.axes, ...Object.keys(doses)])] })
}

/** Whether what was told at a place still counts. */
export function isStanding(events: ProfileView["events"], place: number, kind: string): boolean {
  const later = events.slice(place + 1)
  return events[place]?.kind === kind && !later.some((one) => (one.kind === "taken_back" && one.event === place))
}

const SIGNALS = ["reaction", "time_spent", "edited", "remarked"]

/** How much of what was done with answers is kept, and is erased when consent is withdrawn. */
export function signalsIn(events: ProfileView["events"]): number {
  return events.filter(({ kind }) => SIGNALS.some((one) => one === kind)).length
}
