import type { Answer, Said, Story, StoryChapter, StoryPicture } from "../../client/types"
import { toldInWords } from "../../elicitation/telling"
import { count, percent, signed } from "../../ui/format"
import type { Noun } from "../../ui/medium"

/** What was answered, as one would tell it. */
export function answerInWords({ answer }: Said, pictures: StoryPicture[], noun: Noun): string {
  return toldInWords(answer as unknown as Answer, (id) => pictures.find((one) => one.id === id)?.place ?? 0, noun)
}

/** How the answer came about: how long it took, how sure the person was. */
export function mannerInWords(said: Said): string[] {
  const duration = (ms: number) => (ms < 1000 ? `${String(ms)} ms` : `${(ms / 1000).toFixed(1)} s`)
  return [
    said.decision_ms === null ? "" : `decided in ${duration(said.decision_ms)}`,
    said.begun_ms === null ? "" : `first touch after ${duration(said.begun_ms)}`,
    said.confidence === null ? "" : `confidence ${String(said.confidence)} of 3`,
    said.failed_sends > 0 ? `${count(said.failed_sends, "failed attempt")} to send` : "",
    said.retracted_at === null ? "" : "taken back",
  ].filter((part) => part !== "")
}

/** The forecast beside what was chosen; null where there is nothing to set beside it. */
export function forecastInWords({ pictures, forecasts_shown }: StoryChapter): string | null {
  const judged = pictures.filter((one) => one.p_best !== null)
  const chosen = judged.find((one) => one.chosen)
  if (chosen === undefined) return null
  const favourite = judged.reduce((best, one) => ((one.p_best ?? 0) > (best.p_best ?? 0) ? one : best))
  const note = forecasts_shown ? " Forecasts were seen before this answer, so this round says nothing about calibration." : ""
  const given = percent(chosen.p_best ?? 0)
  if (favourite === chosen) return `My favourite too, at ${given}.${note}`
  return `I gave it ${given}; my favourite was picture ${String(favourite.place)} at ${percent(favourite.p_best ?? 0)}.${note}`
}

export function changeInWords({ pictures, best_after, answer }: StoryChapter): string | null {
  if (answer === null) return null
  const best = pictures.find((one) => one.id === best_after && one.chosen)
  if (best === undefined) return "Your best so far stayed where it was."
  return best.badges.includes("incumbent") ? "Your best so far held its place." : `Picture ${String(best.place)} became your best so far.`
}

/** How far the answer moved what is believed, axis by axis; nothing where it hardly did. */
export function movesInWords({ moved }: StoryChapter, { axes }: Story): string[] {
  return (moved ?? []).flatMap((by, i) => {
    const axis = axes[i] as { negative?: string; positive?: string; name?: string } | undefined
    const name = axis?.negative && axis.positive ? `${axis.negative} ↔ ${axis.positive}` : (axis?.name ?? `axis ${String(i + 1)}`)
    return by === null || Math.abs(by) < 0.005 ? [] : [`${name} ${signed(by, 2)}`]
  })
}

export function calibrationInWords({ calibration: { rounds, left_out, p_chosen, p_random, hits, expected_hits } }: Story): string {
  if (rounds === 0) return "No round to judge the forecasts by yet."
  const out = left_out > 0 ? ` ${count(left_out, "round")} left out.` : ""
  return `In ${count(rounds, "round")} I gave what you chose ${percent(p_chosen ?? 0)} on average (a guess: ${percent(p_random ?? 0)}). My favourite was yours ${count(hits, "time")}; I expected ${expected_hits.toFixed(1)}.${out}`
}

