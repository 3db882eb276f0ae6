import type { JobView } from "../../client/types"
import { phaseName } from "../../ui/PhaseBar"

export interface Happening {
  words: string
  /** When it began, ISO 8601. */
  at: string
  /** How long it took, in ms; null while it lasts. */
  took: number | null
  /** Whether the job began anew with it, after its worker had gone. */
  isNewStart: boolean
}

/** The phases of a job in their order. */
export function happenings({ phases, ended_at }: Pick<JobView, "phases" | "ended_at">): Happening[] {
  return phases.map(([phase = "", at = "", start], i) => {
    const end = phases[i + 1]?.[1] ?? ended_at
    return {
      words: phaseName(phase), at, took: end === null ? null : Math.max(0, Date.parse(end) - Date.parse(at)),
      isNewStart: i > 0 && phases[i - 1]?.[2] !== start,
    }
  })
}
