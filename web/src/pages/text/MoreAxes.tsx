import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useEffect } from "react"
import { language, type AxisView } from "../../client/language"
import { problemOf, problemOfJob } from "../../client/problem"
import { useJob, useLive } from "../../client/queries"
import { count } from "../../ui/format"
import { PhaseBar } from "../../ui/PhaseBar"
import { Problem } from "../../ui/Problem"
import { useKept } from "../../ui/storage"
import { useUnderWay } from "../axes/useAxis"

/** Axes that the model can't be steered by yet, each with the way to it. */
export function MoreAxes({ model, axes, alone }: { model: string; axes: AxisView[]; alone: boolean }) {
  if (axes.length === 0) return null
  return (
    <details className="more-axes" open={alone}>
      <summary>{count(axes.length, alone ? "axis" : "more axis", alone ? "axes" : "more axes")}, not measured with this model yet</summary>
      <p className="field-hint">To measure one, the model writes and reads example answers: minutes on a laptop. You can go on talking.</p>
      <ul>{axes.map((axis) => <Unready key={axis.name} axis={axis} model={model} />)}</ul>
    </details>
  )
}

function Unready({ axis, model }: { axis: AxisView; model: string }) {
  const cache = useQueryClient()
  const [jobId, setJob] = useKept<string | null>(sessionStorage, `text.build.${model}.${axis.name}`, null)
  const found = useUnderWay("build", axis.name, model)
  useEffect(() => { if (found !== undefined) setJob(found) }, [found, setJob])
  const build = useMutation({ mutationFn: () => language.buildAxis(axis.name, model), onSuccess: ({ id }) => { setJob(id) } })
  const job = useJob(jobId ?? undefined)
  const live = useLive(jobId ?? undefined)
  const state = job.data?.state
  const isRunning = state === "queued" || state === "running"
  useEffect(() => { if (state === "succeeded") void cache.invalidateQueries({ queryKey: ["language", "axes", model] }) }, [state, cache, model])
  return (
    <li>
      <span title={axis.description}>{axis.poles.negative} ↔ {axis.poles.positive}</span>
      {isRunning
        ? <PhaseBar live={live} />
        : <button type="button" className="button quiet" disabled={build.isPending} aria-label={`Measure ${axis.poles.negative} to ${axis.poles.positive}`} onClick={() => { build.mutate() }}>Measure</button>}
      {build.error && <Problem problem={problemOf(build.error)} />}
      {job.data?.error && <Problem problem={{ ...problemOfJob(job.data.error), title: "It could not be measured" }} />}
    </li>
  )
}
