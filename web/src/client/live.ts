/** The live plane: where each job stands this moment. Nothing here is kept; the durable plane tells what was. */

export interface LiveFrame {
  topic: string
  job_id: string
  phase: string
  done: number
  total: number
  previews: [row: number, mediaType: string, base64: string][]
}

export interface LiveJob {
  phase: string
  done: number
  total: number
  previews: ReadonlyMap<number, string>
}

export class LiveJobs {
  private readonly jobs = new Map<string, LiveJob>()
  private readonly watchers = new Set<() => void>()

  put(frame: LiveFrame): void {
    const previews = new Map(this.jobs.get(frame.job_id)?.previews)
    for (const [row, mediaType, data] of frame.previews) previews.set(row, `data:${mediaType};base64,${data}`)
    this.jobs.set(frame.job_id, { phase: frame.phase, done: frame.done, total: frame.total, previews })
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
