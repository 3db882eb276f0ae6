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

/** Tells how long the last answer was in view, once it had ended; null where none has. */
export function useReading(last: Message | undefined): () => { message: Message; seconds: number } | null {
  const isRead = last?.role === "assistant" && last.state === "done" && last.content.trim() !== ""
  const id = isRead ? last.id : null
  const watch = useRef<Stopwatch | null>(null)
  useEffect(() => {
    if (id === null) return
    const mine = (watch.current = new Stopwatch())
    const look = () => {
      if (document.visibilityState === "visible") mine.start(performance.now())
      else mine.pause(performance.now())
    }
    look()
    document.addEventListener("visibilitychange", look)
    return () => {
      document.removeEventListener("visibilitychange", look)
      watch.current = null
    }
  }, [id])
  return () => (isRead && watch.current !== null ? { message: last, seconds: watch.current.seconds(performance.now()) } : null)
}
