import { useEffect, useSyncExternalStore } from "react"
import type { Connection } from "./lab"
import { after, UNREAD, type Course } from "./latentCourse"
import { latents, type LatentEvent } from "./latents"
import type { DurableEvent } from "./types"

const PAGE = 5000 // lines that are read at once
const TOLD_EVERY_MS = 120
const RETRY_MS = 2000

/** The log of one run as this tab knows it: a beginning without a gap. News come by the stream; what it lacks is read. */
export class RunLog {
  course: Course = UNREAD
  /** Why it could not be read; null once it was. */
  error: unknown = null
  private readonly watchers = new Set<() => void>()
  private reading: Promise<void> | null = null
  private isBehind = false
  private told: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly read: (after: number) => Promise<LatentEvent[]>) {}

  /** One line that the stream brought. */
  hear(line: LatentEvent): void {
    if (line.seq > this.course.seq + 1 || this.reading !== null) void this.catchUp()
    else this.take([line])
  }

  /** Read what is there beyond the last line that is known. */
  catchUp(): Promise<void> {
    this.isBehind = true
    this.reading ??= this.readOn()
    return this.reading
  }

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  readonly isWatched = (): boolean => this.watchers.size > 0

  private async readOn(): Promise<void> {
    await Promise.resolve() // `reading` is set by then
    try {
      while (this.isBehind) {
        this.isBehind = false
        const lines = await this.read(this.course.seq)
        if (this.error !== null) this.tell()
        this.error = null
        this.take(lines)
        if (lines.length >= PAGE) this.isBehind = true
      }
    } catch (error) {
      this.error = error
      this.tell()
      if (this.isWatched()) setTimeout(() => void this.catchUp(), RETRY_MS)
    } finally {
      this.reading = null
    }
  }

  private take(lines: readonly LatentEvent[]): void {
    const before = this.course
    this.course = after(before, lines)
    if (this.course !== before) this.tell()
  }

  /** Many lines in a short time are one change of the page. */
  private tell(): void {
    this.told ??= setTimeout(() => {
      this.told = undefined
      for (const watcher of this.watchers) watcher()
    }, TOLD_EVERY_MS)
  }
}

const KEPT = 6
const logs = new Map<string, RunLog>()
let connection: Connection = "connecting"
const connectionWatchers = new Set<() => void>()

function logOf(run: string): RunLog {
  const known = logs.get(run)
  if (known) return known
  for (const [id, log] of logs) if (logs.size >= KEPT && !log.isWatched()) logs.delete(id)
  const log = new RunLog((seq) => latents.events(run, seq))
  logs.set(run, log)
  return log
}

/** A line of a latent run came by the stream of the tab. */
export function hearLine({ topic, type, data, at }: DurableEvent): void {
  const { run_seq: seq, ...rest } = data
  if (typeof seq === "number") logs.get(topic)?.hear({ seq, ts: at ?? "", type, v: 1, data: rest })
}

/** The stream of the tab was opened or lost: what came in between is read. */
export function hearConnection(state: Connection): void {
  connection = state
  for (const watcher of connectionWatchers) watcher()
  if (state === "open") for (const log of logs.values()) if (log.isWatched()) void log.catchUp()
}

/** A run as its log tells it, live; `error` if that can't be read. */
export function useCourse(run: string): { course: Course; error: unknown; isLost: boolean } {
  const log = logOf(run)
  const course = useSyncExternalStore(log.subscribe, () => log.course)
  const error = useSyncExternalStore(log.subscribe, () => log.error)
  const isLost = useSyncExternalStore(watchConnection, () => connection === "lost")
  useEffect(() => { void log.catchUp() }, [log])
  return { course, error, isLost }
}

function watchConnection(watcher: () => void): () => void {
  connectionWatchers.add(watcher)
  return () => connectionWatchers.delete(watcher)
}
