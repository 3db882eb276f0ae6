import { useEffect, useRef } from "react"
import type { Message } from "../../client/language"

/** How long an answer has been in view, of which the page counts only what it was visible. */
export class Stopwatch {
  private spent = 0
  private since: number | null = null

  start(now: number): void {
    this.since ??= now
  }

  pause(now: number): void {
    this.spent += this.since === null ? 0 : now - this.since
    this.since = null
  }

  /** Seconds in view until now. */
  seconds(now: number): number {
    return (this.spent + (this.since === null ? 0 : now - this.since)) / 1000
  }
}

/** Whether there is something of an answer to read: people read while it grows. */
export function isReadable(last: Message | undefined): last is Message {
  return last?.role === "assistant" && (last.state === "writing" || last.state === "done") && last.content.trim() !== ""
}

/** Tells how long the last answer was read: from its first words on, while it was in view and nothing was typed; null until it has ended. */
export function useReading(last: Message | undefined, isTyping: boolean): () => { message: Message; seconds: number } | null {
  const id = isReadable(last) ? last.id : null
  const kept = useRef<{ id: string; watch: Stopwatch } | null>(null)
  useEffect(() => {
    if (id === null) return
    if (kept.current?.id !== id) kept.current = { id, watch: new Stopwatch() }
    const { watch } = kept.current
    const look = () => {
      if (document.visibilityState === "visible" && !isTyping) watch.start(performance.now())
      else watch.pause(performance.now())
    }
    look()
    document.addEventListener("visibilitychange", look)
    return () => {
      document.removeEventListener("visibilitychange", look)
      watch.pause(performance.now())
    }
  }, [id, isTyping])
  return () => {
    if (!isReadable(last) || last.state !== "done" || kept.current?.id !== last.id) return null
    const seconds = kept.current.watch.seconds(performance.now())
    return seconds > 0 ? { message: last, seconds } : null
  }
}
