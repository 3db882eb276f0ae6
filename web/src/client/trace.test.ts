import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Traces } from "./trace"
import type { PageBody, PageNote } from "./types"

const kept = new Map<string, string>()
vi.stubGlobal("localStorage", {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => kept.set(key, value),
  removeItem: (key: string) => kept.delete(key),
})
const note = (kind: PageNote["kind"] = "shown"): PageNote => ({ kind, round_id: "rnd_1", candidate_id: null, ms: 1, code: "" })

function channel(isWanted: () => Promise<boolean> = () => Promise.resolve(true)) {
  const sent: PageBody[] = []
  return { sent, isWanted: vi.fn(isWanted), send: vi.fn((body: PageBody) => Promise.resolve(sent.push(body))), sendLast: () => true }
}

describe("what the page sees", () => {
  beforeEach(() => { kept.clear(); vi.useFakeTimers() })
  afterEach(() => { vi.useRealTimers() })

  it("is sent together after a while, a session a request", async () => {
    const line = channel()
    const traces = new Traces(line)
    for (const session of ["ses_a", "ses_a", "ses_b"]) traces.note(session, note())
    expect(line.sent).toEqual([])
    await vi.advanceTimersByTimeAsync(3000)
    expect(line.sent.map(({ session_id, notes }) => [session_id, notes.length])).toEqual([["ses_a", 2], ["ses_b", 1]])
  })

  it("goes in requests of bounded size", async () => {
    const line = channel()
    const traces = new Traces(line)
    for (let i = 0; i < 120; i++) traces.note("ses_a", note("zoomed"))
    await vi.advanceTimersByTimeAsync(3000)
    expect(line.sent.map(({ notes }) => notes.length)).toEqual([50, 50, 20])
  })

  it("is neither collected nor sent once switched off, and stays so in this browser", async () => {
    const line = channel()
    const traces = new Traces(line)
    traces.note("ses_a", note())
    traces.switchTo(false)
    traces.note("ses_a", note())
    await vi.advanceTimersByTimeAsync(9000)
    expect(line.sent).toEqual([])
    expect(new Traces(channel()).isOn).toBe(false)
  })

  it("is not sent where the installation doesn't want it", async () => {
    const line = channel(() => Promise.resolve(false))
    new Traces(line).note("ses_a", note())
    await vi.advanceTimersByTimeAsync(3000)
    expect(line.send).not.toHaveBeenCalled()
  })

  it("disturbs nobody when it can't be sent, and goes on when it can", async () => {
    let isUp = false
    const line = channel(() => (isUp ? Promise.resolve(true) : Promise.reject(new TypeError("down"))))
    const traces = new Traces(line)
    traces.note("ses_a", note())
    await vi.advanceTimersByTimeAsync(3000)
    isUp = true
    traces.note("ses_a", note("answer_sent"))
    await vi.advanceTimersByTimeAsync(3000)
    expect(line.sent.at(-1)?.notes.at(-1)?.kind).toBe("answer_sent")
  })
})
