import { useCallback, useEffect, useRef } from "react"
import { keep, readKept } from "../ui/storage"
import { useLab } from "./context"
import { msSince } from "./elapsed"
import type { PageBody, PageNote, RoundView } from "./types"

const AT_ONCE = 50 // what one request may hold
const MOST = 500 // while nothing can be sent, the oldest go
const PATIENCE_MS = 3000
const KEY = "traces"

interface Channel {
  isWanted(): Promise<boolean>
  send(body: PageBody): Promise<unknown>
  /** While the page goes away; whether the browser took it. */
  sendLast(body: PageBody): boolean
}

/**
 * What the page sees, sent now and then. It must never disturb: what can't be sent is dropped, and where the person
 * or the installation doesn't want it, nothing is collected or sent.
 */
export class Traces {
  private waiting: { session: string; note: PageNote }[] = []
  private timer: ReturnType<typeof setTimeout> | undefined
  private wanted: Promise<boolean> | undefined

  constructor(private readonly channel: Channel) {
    if (typeof document !== "undefined")
      document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") this.leave() })
  }

  get isOn(): boolean {
    return readKept(localStorage, KEY, true)
  }

  switchTo(isOn: boolean): void {
    keep(localStorage, KEY, isOn)
    if (!isOn) this.waiting = []
  }

  note(session: string, note: PageNote): void {
    if (!this.isOn) return
    this.waiting.push({ session, note })
    if (this.waiting.length > MOST) this.waiting.shift()
    this.timer ??= setTimeout(() => void this.flush(), PATIENCE_MS)
  }

  async flush(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    try {
      this.wanted ??= this.channel.isWanted()
      const isWanted = await this.wanted
      const batches = this.take()
      if (isWanted) for (const body of batches) await this.channel.send(body)
    } catch {
      this.wanted = undefined // asked again the next time
    }
  }

  private leave(): void {
    if (this.wanted === undefined) return // whether it is wanted was never learnt
    void this.wanted.then((isWanted) => {
      const batches = this.take()
      if (isWanted) batches.forEach((body) => this.channel.sendLast(body))
    }, () => undefined)
  }

  /** What waits, in requests of one session and of bounded size. */
  private take(): PageBody[] {
    const batches: PageBody[] = []
    for (const { session, note } of this.waiting.splice(0)) {
      const last = batches.at(-1)
      if (last?.session_id === session && last.notes.length < AT_ONCE) last.notes.push(note)
      else batches.push({ session_id: session, notes: [note] })
    }
    return batches
  }
}

export type Trace = (kind: PageNote["kind"], candidateId?: string | null, code?: string) => void

/**
 * Notes what is done about a round, with the time since its pictures were first seen (`seenAt`, ms since 1970), and
 * that it was shown.
 */
export function useTrace(sessionId: string, { id, state }: Pick<RoundView, "id" | "state">, seenAt: number | null): Trace {
  const { traces } = useLab()
  const shown = useRef<string | null>(null)
  const trace = useCallback<Trace>(
    (kind, candidateId = null, code = "") => {
      traces.note(sessionId, { kind, round_id: id, candidate_id: candidateId, ms: msSince(seenAt), code })
    },
    [traces, sessionId, id, seenAt],
  )
  useEffect(() => {
    if (state !== "awaiting" || seenAt === null || shown.current === id) return
    shown.current = id
    trace("shown")
  }, [trace, id, state, seenAt])
  return trace
}
