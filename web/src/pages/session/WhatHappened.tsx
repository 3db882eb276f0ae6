import type { JobView } from "../../client/types"
import { seconds } from "../../ui/format"
import { happenings } from "./happened"

/** How a round came about: each phase of its making, when it began and how long it took. */
export function WhatHappened({ job }: { job: JobView | null }) {
  if (job === null || job.phases.length === 0) return null
  return (
    <details className="happened small">
      <summary>What happened</summary>
      <ol>
        {happenings(job).map(({ words, at, took, isNewStart }) => (
          <li key={`${at}${words}`}>
            <time dateTime={at} className="mono muted">{new Date(at).toLocaleTimeString()}</time>
            <span>{isNewStart && "begun again: "}{words}</span>
            <span className="mono muted">{took === null ? "now" : seconds(took)}</span>
          </li>
        ))}
      </ol>
    </details>
  )
}
