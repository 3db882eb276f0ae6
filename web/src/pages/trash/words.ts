import type { Deletion } from "../../client/types"
import { count } from "../../ui/format"

const DAY_MS = 86_400_000

/** Bytes as people say them: 940 B, 2 kB, 3.4 MB. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${String(bytes)} B`
  if (bytes < 1e6) return `${String(Math.round(bytes / 1000))} kB`
  return `${(bytes / 1e6).toFixed(1)} MB`
}

/** How long something can still be restored. */
export function left(finalAt: string | null, now: number): string {
  const days = finalAt === null ? Infinity : (Date.parse(finalAt) - now) / DAY_MS
  if (days <= 0) return "gone with the next clean"
  return days < 1 ? "less than a day left" : `${count(Math.floor(days), "day")} left`
}

/** What goes, what stays and what stops, a sentence each. */
export function consequences(told: Deletion): string[] {
  const branches = told.shared_by.filter(({ is_branch }) => is_branch)
  return [
    `${count(told.rounds, "round")}, ${count(told.answers, "answer")} and ${count(told.pictures, "picture")} go (${size(told.bytes)}).`,
    told.shared_pictures > 0 &&
      `${count(told.shared_pictures, "picture")} stay (${size(told.shared_bytes)}): ${told.shared_by.map(({ name }) => `“${name}”`).join(", ")} ${told.shared_by.length === 1 ? "shows" : "show"} them.`,
    branches.length > 0 && `${branches.length === 1 ? "Its branch stays as it is" : `Its ${String(branches.length)} branches stay as they are`}.`,
    told.experiment !== null && `It is part of the experiment “${told.experiment}”, which will be one session shorter.`,
    told.jobs > 0 && `${count(told.jobs, "job")} under way will be cancelled.`,
  ].filter((sentence) => sentence !== false)
}
