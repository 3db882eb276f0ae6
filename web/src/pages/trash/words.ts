import type { Deletion, ExperimentDeletion } from "../../client/types"
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

/** What emptying the trash takes: sessions of these bytes together, and experiments. */
export function emptied(sessions: readonly Deletion[], experiments: readonly ExperimentDeletion[]): string {
  const bytes = sessions.reduce((sum, one) => sum + one.bytes, 0)
  const parts = [
    sessions.length > 0 && `${count(sessions.length, "session")} (${size(bytes)})`,
    experiments.length > 0 && count(experiments.length, "experiment"),
  ]
  const verb = sessions.length + experiments.length === 1 ? "goes" : "go"
  return `${parts.filter((part) => part !== false).join(" and ")} ${verb} for good and cannot be restored then.`
}

/** What goes, what stays and what stops, a sentence each. */
export function consequences(told: Deletion): string[] {
  const branches = told.shared_by.filter(({ is_branch }) => is_branch)
  return [
    `${count(told.rounds, "round")}, ${count(told.answers, "answer")} and ${count(told.pictures, "picture")} go (${size(told.bytes)}).`,
    told.shared_pictures > 0 && stay(told, `${told.shared_by.map(({ name }) => `“${name}”`).join(", ")} ${told.shared_by.length === 1 ? "shows" : "show"}`),
    branches.length > 0 && `${branches.length === 1 ? "Its branch stays as it is" : `Its ${String(branches.length)} branches stay as they are`}.`,
    told.experiment !== null && `It is part of the experiment “${told.experiment}”, which will be one session shorter.`,
    told.jobs > 0 && `${count(told.jobs, "job")} under way will be cancelled.`,
  ].filter((sentence) => sentence !== false)
}

/** The same of an experiment. */
export function experimentConsequences(told: ExperimentDeletion): string[] {
  const { sessions, staying } = told
  return [
    "Its name, its description and its settings go.",
    sessions.length > 0 &&
      `${count(sessions.length, "session")} ${sessions.length === 1 ? "goes" : "go"} with it: ${count(told.rounds, "round")}, ${count(told.answers, "answer")} and ${count(told.pictures, "picture")} (${size(told.bytes)}).`,
    told.shared_pictures > 0 && stay(told, "other sessions show"),
    staying > 0 &&
      (staying === 1 ? "Its session stays as it is; the experiment has it again when it is restored." : `Its ${String(staying)} sessions stay as they are; the experiment has them again when it is restored.`),
    told.jobs > 0 && `${count(told.jobs, "job")} under way will be cancelled.`,
  ].filter((sentence) => sentence !== false)
}

function stay({ shared_pictures, shared_bytes }: Deletion | ExperimentDeletion, because: string): string {
  const [verb, them] = shared_pictures === 1 ? ["stays", "it"] : ["stay", "them"]
  return `${count(shared_pictures, "picture")} ${verb} (${size(shared_bytes)}): ${because} ${them}.`
}
