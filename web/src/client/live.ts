/** The live plane: where each job stands this moment. Nothing here is kept; the durable plane tells what was. */

export interface LiveFrame {
  topic: string
  job_id: string
  phase: string
  done: number
  total: number
  previews: [row: number, mediaType: string, base64: string][]
  time_left?: TimeLeft | null
}

/** (low, high) seconds, from how long its like took. */
export type TimeLeft = readonly [low: number, high: number]

export interface LiveJob {
  phase: string
  done: number
  total: number
  /** Null where it isn't known. */
  timeLeft: TimeLeft | null
  /** How many pictures are made at a time since memory was short; null while they fit together. */
  together: number | null
  previews: ReadonlyMap<number, string>
}

export class LiveJobs {
  private readonly jobs = new Map<string, LiveJob>()
  private readonly watchers = new Set<() => void>()

  put(frame: LiveFrame): void {
    const before = this.jobs.get(frame.job_id)
    const previews = new Map(before?.previews)
    for (const [row, mediaType, data] of frame.previews) previews.set(row, `data:${mediaType};base64,${data}`)
    const { phase, done, total, time_left: timeLeft = null } = frame
    this.jobs.set(frame.job_id, { phase, done, total, timeLeft, previews, together: phase === "halving" ? done : (before?.together ?? null) })
    this.tell()
  }

  get(jobId: string | undefined): LiveJob | undefined {
    return jobId === undefined ? undefined : this.jobs.get(jobId)
  }

  drop(jobId: string): void {
    if (this.jobs.delete(jobId)) this.tell()
  }

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  private tell(): void {
    for (const watcher of this.watchers) watcher()
  }
}
