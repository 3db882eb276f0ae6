import type { SessionFilter } from "../../client/types"

const NAMES = ["text", "model", "sampler", "preference_model", "basis", "state", "experiment", "favourites", "since", "until"] as const

/** What is looked for, as the address says it: only what was chosen. Days are those of the person's own calendar. */
export type Wanted = Partial<Record<(typeof NAMES)[number], string>>

export function wantedOf(search: Record<string, unknown>): Wanted {
  const given = NAMES.map((name) => [name, String(search[name] ?? "").trim().slice(0, 200)] as const)
  return Object.fromEntries(given.filter(([, value]) => value !== ""))
}

const STATES = ["active", "paused", "completed"] as const
const DAY = /^\d{4}-\d{2}-\d{2}$/

/** The same as the lab is asked: from the first day's beginning to the last day's end. */
export function filterOf({ experiment, favourites, since, until, state, ...same }: Wanted): SessionFilter {
  const known = STATES.find((one) => one === state)
  return {
    ...same,
    ...(known === undefined ? {} : { state: known }),
    ...(favourites === undefined ? {} : { favourites: true }),
    ...(experiment === undefined ? {} : { experiment_id: experiment }),
    ...(since !== undefined && DAY.test(since) ? { since: midnight(since, 0) } : {}),
    ...(until !== undefined && DAY.test(until) ? { until: midnight(until, 1) } : {}),
  }
}

function midnight(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number)
  return new Date(year, month - 1, date + later).toISOString()
}
