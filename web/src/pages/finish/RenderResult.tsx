import { useLab } from "../../client/context"
import { problemOfJob } from "../../client/problem"
import { useJob, useLive } from "../../client/queries"
import type { RenderedSample } from "../../client/types"
import { PhaseBar } from "../../ui/PhaseBar"
import { Problem } from "../../ui/Problem"
import { Thumb } from "../../ui/Thumb"

interface RenderResultProps {
  jobId: string
  count: number
  onRetry: () => void
}

/** The pictures of a render outside the rounds, from the first preview on. */
export function RenderResult({ jobId, count, onRetry }: RenderResultProps) {
  const lab = useLab()
  const job = useJob(jobId)
  const live = useLive(jobId)
  const samples = job.data?.result?.samples as RenderedSample[] | undefined
  const isRunning = job.data === undefined || job.data.state === "queued" || job.data.state === "running"
  if (job.data?.error) return <Problem problem={problemOfJob(job.data.error)} onRetry={onRetry} />
  return (
    <>
      <div className="rendered" data-count={count}>
        {Array.from({ length: count }, (_, row) => {
          const sample = samples?.[row]
          const preview = live?.previews.get(row)
          return (
            <figure key={row}>
              {sample === undefined && preview !== undefined ? (
                <div className="picture"><img src={preview} alt="Being drawn" /></div>
              ) : (
                <Thumb artifact={sample?.artifact ?? null} alt={`Render ${String(row + 1)}`} full />
              )}
              {sample && <figcaption className="mono muted">{sample.error || `seed ${String(sample.seed)}`}</figcaption>}
            </figure>
          )
        })}
      </div>
      {isRunning && (
        <div className="row">
          <div className="grow"><PhaseBar live={live} /></div>
          <button type="button" className="button" onClick={() => void lab.cancel(jobId)}>Stop</button>
        </div>
      )}
    </>
  )
}
