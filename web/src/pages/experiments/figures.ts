import type { Line } from "../../charts/lines"
import type { ComparedSession } from "../../client/types"
import { count, percent, signed } from "../../ui/format"

type Figures = ComparedSession["figures"]

export const NOT_KNOWN = "not known"

/** A figure of a session, and in small words how sure it is or what it rests on. */
export interface Told {
  value: string
  rests?: string
}

export interface FigureRow {
  name: string
  /** What it means, one hover away. */
  means: string
  of: (figures: Figures) => Told
}

export const FIGURES: readonly FigureRow[] = [
  { name: "Rounds", means: "Rounds that count; those that were set aside are left out.", of: ({ rounds }) => ({ value: String(rounds) }) },
  {
    name: "Answers", means: "Answers that count.",
    of: ({ answers, retracted }) => ({ value: String(answers), ...(retracted > 0 ? { rests: `${String(retracted)} taken back` } : {}) }),
  },
  { name: "Pictures made", means: "Renders, for rounds and beside them.", of: ({ renders }) => ({ value: String(renders) }) },
  { name: "How close it came", means: "What the person said at the end, from 1 to 5.", of: ({ closeness }) => known(closeness, (value) => `${String(value)} of 5`) },
  {
    name: "Still to gain", means: "What the last round was expected to gain, in units of choice noise: at 1.0 the better one wins 73 % of choices.",
    of: ({ expected_gains }) => known(expected_gains.at(-1), (value) => value.toFixed(2), `before round ${String(expected_gains.length)}`),
  },
  { name: "Changes of mind", means: "How often an answer put another picture first.", of: ({ incumbent_changes, answers }) => (answers === 0 ? { value: NOT_KNOWN } : { value: String(incumbent_changes) }) },
  { name: "Way from the prompt", means: "How far the best so far lies from the prompt as it is; 100 % is the edge of the space.", of: ({ incumbent_distance }) => known(incumbent_distance, percent) },
  { name: "Time to answer", means: "The middle one of the times that answers took.", of: ({ decision_s, answers }) => known(decision_s, (value) => `${value.toFixed(1)} s`, `the middle one of ${count(answers, "answer")}`) },
  {
    name: "Forecasts right", means: "How often the most probable picture was chosen, where forecasts were not shown while choosing; with its 90 % interval.",
    of: ({ forecast_hits, forecasts }) => known(forecast_hits, percent, forecast_hits === null ? "" : `${range(forecast_hits, forecasts)} from ${count(forecasts, "round")}`),
  },
  { name: "…as they expected", means: "The share that the forecasts themselves expected to be right.", of: ({ forecast_expected }) => known(forecast_expected, percent) },
  {
    name: "Skill of forecasts", means: "Mean log probability of what was chosen, above an even guess, in nats; above 0 the forecasts knew something.",
    of: ({ forecast_skill, forecasts }) => known(forecast_skill, (value) => signed(value, 2), `${count(forecasts, "round")}, so take it with care`),
  },
  {
    name: "Same choice again", means: "How often the same was chosen of a set that came again unannounced; with its 90 % interval.",
    of: ({ repeats, repeats_same }) => known(repeats === 0 ? null : repeats_same, (same) => `${String(same)} of ${String(repeats)}`, `${range(repeats_same / repeats, repeats).slice(0, -1)} of such sets`),
  },
]

function known(value: number | null | undefined, inWords: (value: number) => string, rests = ""): Told {
  if (value === null || value === undefined) return { value: NOT_KNOWN }
  return rests === "" ? { value: inWords(value) } : { value: inWords(value), rests }
}

function range(share: number, n: number): string {
  const [low, high] = wilson(share, n)
  return `${percent(low)} to ${percent(high)},`
}

const NINE_TENTHS = 1.645

/** The interval of a share seen in n trials. Source: Wilson 1927, the score interval. */
export function wilson(share: number, n: number, z = NINE_TENTHS): [low: number, high: number] {
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n)
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}

/** What each session still expected to gain, round by round; unknown before its first answer. */
export function gainLines(sessions: readonly ComparedSession[]): Line[] {
  return sessions.map(({ name, figures }, index) => ({
    name: sessions.some((other, i) => i !== index && other.name === name) ? `${String(index + 1)} · ${name}` : name,
    points: figures.expected_gains.flatMap((gain, i) => (gain === null ? [] : [[i + 1, gain] as const])),
  }))
}

/** The lines in one sentence. */
export function gainInOneLine(lines: readonly Line[]): string {
  const ends = lines.flatMap(({ name, points }) => { const end = points.at(-1); return end ? [{ name, round: end[0], gain: end[1] }] : [] })
  const [least] = ends.sort((a, b) => a.gain - b.gain)
  if (least === undefined) return "Not known before a first answer."
  const unknown = lines.length - ends.length
  const others = unknown === 0 ? "" : ` ${count(unknown, "session")} ${unknown === 1 ? "has" : "have"} no answer yet.`
  return `Least is left in “${least.name}”: ${least.gain.toFixed(2)} before round ${String(least.round)}.${others}`
}
