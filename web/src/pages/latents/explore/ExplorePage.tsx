import { useParams } from "@tanstack/react-router"
import { useLatentRun } from "../../../client/latents"
import { problemOf } from "../../../client/problem"
import { Problem } from "../../../ui/Problem"
import { Explorer } from "./Explorer"
import "./explore.css"

/** The map of a run's latent space. */
export function ExplorePage() {
  const { runId = "" } = useParams({ strict: false })
  const run = useLatentRun(runId)
  if (run.data) return <Explorer key={runId} run={run.data} />
  return (
    <div className="page" aria-busy={run.isPending}>
      {run.isError && <Problem problem={problemOf(run.error)} onRetry={() => void run.refetch()} />}
    </div>
  )
}
