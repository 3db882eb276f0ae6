import type { Connection } from "./lab"
import type { LiveFrame, LiveJobs } from "./live"
import type { DurableEvent } from "./types"

const RETRY_MS = 2000

/**
 * One stream for the whole tab. The browser reconnects by itself with `Last-Event-ID`; where it gives up
 * (the server answered with an error), a new stream goes on after the last event that was seen.
 */
export function openEvents(
  url: string,
  live: LiveJobs,
  onEvent: (event: DurableEvent) => void,
  onConnection: (state: Connection) => void,
): () => void {
  let stream: EventSource
  let retry: ReturnType<typeof setTimeout> | undefined
  let last = ""

  const note = (message: MessageEvent<string>) => {
    if (message.lastEventId) last = message.lastEventId
  }
  const open = () => {
    stream = new EventSource(last ? `${url}?after=${last}` : url)
    stream.addEventListener("hello", (message) => {
      note(message)
      onConnection("open")
    })
    stream.addEventListener("reset", (message) => {
      note(message)
      onEvent({ type: "reset", topic: "lab", data: {} })
    })
    stream.addEventListener("live", (message: MessageEvent<string>) => {
      live.put(JSON.parse(message.data) as LiveFrame)
    })
    stream.onmessage = (message: MessageEvent<string>) => {
      note(message)
      onEvent(JSON.parse(message.data) as DurableEvent)
    }
    stream.onerror = () => {
      onConnection("lost")
      if (stream.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY_MS)
    }
  }
  open()
  return () => {
    clearTimeout(retry)
    stream.close()
  }
}
