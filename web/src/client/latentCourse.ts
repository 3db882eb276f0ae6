import type { LatentEvent, LatentFile } from "./latents"

export type RunState = "created" | "running" | "completed" | "cancelled" | "failed"
type Value = number | number[] | string | null | undefined

/** What an epoch came to, as `train.metrics` tells it. */
export interface EpochRow {
  epoch: number
  stage: string
  seconds: number
  [metric: string]: Value
}
export interface Progress {
  stage: string
  epoch: number
  epochs: number
  batch: number
  batches: number
  loss: number
}

/** A run from its beginning to the newest line of its log: it follows from those lines alone. */
export interface Course {
  /** Of the newest line; lines before it are all in here. */
  seq: number
  state: RunState
  error: Record<string, unknown> | null
  begunAt: string | null
  endedAt: string | null
  resumed: number
  progress: Progress | null
  /** Losses of batches: epochs passed, and the loss. */
  losses: readonly (readonly [at: number, loss: number])[]
  epochs: readonly EpochRow[]
  /** By path; of the newest content of each. */
  files: ReadonlyMap<string, LatentFile>
  /** Maps that were asked for, and those that are there. */
  maps: { done: number; due: number }
}

export const UNREAD: Course = {
  seq: 0, state: "created", error: null, begunAt: null, endedAt: null, resumed: 0,
  progress: null, losses: [], epochs: [], files: new Map(), maps: { done: 0, due: 0 },
}
const ENDS: Record<string, RunState> = { "run.completed": "completed", "run.cancelled": "cancelled", "run.failed": "failed" }

/** The course after more lines. Those that it knows are passed over; what comes after a gap is not taken. What no line speaks of stays the same object. */
export function after(course: Course, lines: readonly LatentEvent[]): Course {
  const fresh = lines.filter(({ seq }, i) => seq > course.seq && (i === 0 || seq !== lines[i - 1]?.seq))
  const next: Draft = {
    ...course,
    losses: speaksOf(fresh, "train.progress", "run.started") ? [...course.losses] : course.losses,
    epochs: speaksOf(fresh, "train.metrics", "run.started") ? [...course.epochs] : course.epochs,
    files: speaksOf(fresh, "artifact.created") ? new Map(course.files) : course.files,
  } as Draft
  for (const line of fresh) {
    if (line.seq !== next.seq + 1) break
    next.seq = line.seq
    take(next, line)
  }
  return next.seq === course.seq ? course : next
}

function speaksOf(lines: readonly LatentEvent[], ...types: string[]): boolean {
  return lines.some(({ type }) => types.includes(type))
}

type Draft = Omit<Course, "losses" | "epochs" | "files"> & { losses: (readonly [number, number])[]; epochs: EpochRow[]; files: Map<string, LatentFile> }

function take(course: Draft, { type, data, ts }: LatentEvent): void {
  if (type === "run.started") start(course, ts, Number(data.after_epoch ?? 0))
  else if (type in ENDS) end(course, ts, ENDS[type] ?? "failed", data)
  else if (type === "train.progress") {
    const progress = data as unknown as Progress
    course.progress = progress
    course.losses.push([progress.epoch - 1 + progress.batch / progress.batches, progress.loss])
  } else if (type === "train.metrics") course.epochs.push(data as EpochRow)
  else if (type === "artifact.created") {
    const file = data as unknown as LatentFile
    course.files.set(file.path, file)
  } else if (type === "projection.progress") course.maps = { done: Number(data.done), due: Number(data.due) }
}

/** What came after the checkpoint that it goes on from is trained, and told, once more. */
function start(course: Draft, ts: string, epoch: number): void {
  if (course.begunAt !== null) course.resumed += 1
  Object.assign(course, { state: "running", error: null, begunAt: course.begunAt ?? ts, endedAt: null, progress: null })
  course.losses = course.losses.filter(([at]) => at <= epoch)
  course.epochs = course.epochs.filter((row) => row.epoch <= epoch)
}

function end(course: Draft, ts: string, state: RunState, data: Record<string, unknown>): void {
  Object.assign(course, { state, endedAt: ts, error: state === "failed" ? data : null })
}
