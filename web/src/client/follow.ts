import type { QueryClient } from "@tanstack/react-query"
import type { LabClient, Connection } from "./lab"
import { hearConnection, hearLine } from "./latentLog"
import { latentKeys } from "./latents"
import { keys } from "./queries"
import type { DurableEvent } from "./types"

/** Keeps the cache true: each durable event makes what it speaks of be read again. */
export function followLab(lab: LabClient, cache: QueryClient, onConnection: (state: Connection) => void): () => void {
  let wasLost = false
  return lab.follow(
    (event) => {
      if (event.type === "reset") void cache.invalidateQueries()
      else apply(lab, cache, event)
    },
    (state) => {
      if (state === "open" && wasLost) void cache.invalidateQueries()
      wasLost = state === "lost"
      hearConnection(state)
      onConnection(state)
    },
  )
}

function apply(lab: LabClient, cache: QueryClient, event: DurableEvent): void {
  const { type, topic, data } = event
  if (type.startsWith("page.")) return // what pages saw changes nothing that they show
  const jobId = data.job_id
  if (typeof jobId === "string") {
    void cache.invalidateQueries({ queryKey: keys.job(jobId) })
    if (data.state === "succeeded" || data.state === "failed" || data.state === "cancelled") lab.live.drop(jobId)
  }
  if (topic.startsWith("lat")) {
    hearLine(event)
    heed(cache, topic, type)
  }
  const sessionId = typeof data.session_id === "string" ? data.session_id : topic
  if (sessionId.startsWith("ses")) void cache.invalidateQueries({ queryKey: keys.session(sessionId) })
  if (type.startsWith("session.") || type === "round.shown" || type === "answer.recorded")
    void cache.invalidateQueries({ queryKey: keys.sessions })
  if (type.startsWith("job.") || type.startsWith("worker.") || type.startsWith("model."))
    void cache.invalidateQueries({ queryKey: keys.diagnostics })
}

/** A line of a latent run's log: progress moves charts alone, all else changes what is known of the run. */
function heed(cache: QueryClient, run: string, type: string): void {
  soon(cache, latentKeys.events(run))
  if (type.endsWith(".progress")) return
  soon(cache, latentKeys.run(run), type.startsWith("run.") ? SOON_MS : LATER_MS)
  if (type.startsWith("run.") || type === "train.metrics") soon(cache, latentKeys.runs)
}

const SOON_MS = 400
const LATER_MS = 1500 // what a run is told of with all its files at once, and only grows
const waiting = new Set<string>()

/** Many lines in a short time, such as the files of an epoch, are read about once. */
function soon(cache: QueryClient, queryKey: string[], wait = SOON_MS): void {
  const name = `${queryKey.join("/")} ${String(wait)}`
  if (waiting.has(name)) return
  waiting.add(name)
  setTimeout(() => {
    waiting.delete(name)
    void cache.invalidateQueries({ queryKey })
  }, wait)
}
