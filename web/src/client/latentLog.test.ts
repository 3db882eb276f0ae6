import { describe, expect, it, vi } from "vitest"
import { after, UNREAD } from "./latentCourse"
import { RunLog } from "./latentLog"
import type { LatentEvent } from "./latents"

const ts = "2026-01-01T00:00:00Z"
const line = (seq: number, type = "train.progress", data: Record<string, unknown> = { epoch: 1, epochs: 2, batch: seq, batches: 10, loss: 1 / seq }): LatentEvent =>
  ({ seq, ts, type, v: 1, data })
const metrics = (seq: number, epoch: number) => line(seq, "train.metrics", { epoch, loss: seq })

describe("the course of a run", () => {
  it("takes each line once, in its order, and nothing after a gap", () => {
    const course = after(UNREAD, [line(1), line(2), line(2), line(4)])
    expect(course.seq).toBe(2)
    expect(course.losses).toEqual([[0.1, 1], [0.2, 0.5]])
    expect(after(course, [line(1)])).toBe(course)
    expect(after(course, [line(3)]).epochs).toBe(course.epochs)
  })

  it("forgets what a resumed run will train once more", () => {
    const begun = after(UNREAD, [line(1, "run.created", {}), line(2, "run.started", { after_epoch: 0 }), metrics(3, 1), metrics(4, 2), line(5, "run.cancelled", {})])
    expect([begun.state, begun.endedAt]).toEqual(["cancelled", ts])
    const resumed = after(begun, [line(6, "run.started", { after_epoch: 1 })])
    expect([resumed.state, resumed.resumed, resumed.endedAt]).toEqual(["running", 1, null])
    expect(resumed.epochs.map(({ epoch }) => epoch)).toEqual([1])
  })
})

/** A log of which the server has so many lines. */
function served(count: { lines: number }) {
  const asked: number[] = []
  const log = new RunLog((from) => {
    asked.push(from)
    return Promise.resolve(Array.from({ length: count.lines - from }, (_, i) => line(from + i + 1)))
  })
  return { log, asked }
}

describe("the log that a tab keeps", () => {
  it("reads what is missing between two lines that it hears", async () => {
    const count = { lines: 2 }
    const { log, asked } = served(count)
    await log.catchUp()
    log.hear(line(3))
    expect(log.course.seq).toBe(3)
    count.lines = 9
    log.hear(line(8)) // 4 to 7 were lost
    await vi.waitFor(() => { expect(log.course.seq).toBe(9) })
    expect(log.course.losses).toHaveLength(9)
    expect(asked[1]).toBe(3)
  })

  it("loses nothing that it hears while it reads", async () => {
    const count = { lines: 1 }
    const { log } = served(count)
    const reading = log.catchUp()
    count.lines = 3
    log.hear(line(2))
    log.hear(line(3))
    await reading
    expect(log.course.losses.map(([, loss]) => loss)).toEqual([1, 1 / 2, 1 / 3])
  })

  it("says why it can't read, and goes on where it stood", async () => {
    let isDown = true
    const log = new RunLog((from) => (isDown ? Promise.reject(new Error("down")) : Promise.resolve([line(from + 1)])))
    await log.catchUp()
    expect(log.error).toEqual(new Error("down"))
    isDown = false
    await log.catchUp()
    expect([log.error, log.course.seq]).toEqual([null, 1])
  })

  it("tells that it can be read again, even if there is nothing new", async () => {
    vi.useFakeTimers()
    let isDown = true
    const log = new RunLog(() => (isDown ? Promise.reject(new Error("down")) : Promise.resolve([])))
    await log.catchUp()
    isDown = false
    const watcher = vi.fn()
    vi.runAllTimers() // what was told before anybody watched
    log.subscribe(watcher)
    await log.catchUp()
    vi.runAllTimers()
    vi.useRealTimers()
    expect(log.error).toBeNull()
    expect(watcher).toHaveBeenCalledOnce()
  })
})
