import { useMutation } from "@tanstack/react-query"
import { useState } from "react"
import { latentStart, type LatentAxes } from "../../../client/latentSteering"
import type { LatentRunDetail } from "../../../client/latents"
import { problemOf } from "../../../client/problem"
import { count } from "../../../ui/format"
import { Problem } from "../../../ui/Problem"
import { useStart } from "../../draft"
import { isOver } from "../shared/words"
import { configOf } from "./files"

const AXES: Record<LatentAxes, string> = { pca: "main directions", components: "components", classes: "classes" }

interface SteerFromProps {
  run: LatentRunDetail
  /** The checkpoint that draws. */
  epoch: number
  /** The rows that it begins amidst. */
  points: readonly number[]
}

/** Begin a session in the space of a run, from some of its points. */
export function SteerFrom({ run, epoch, points }: SteerFromProps) {
  const { data, training } = configOf(run)
  const [axes, setAxes] = useState<LatentAxes>("pca")
  const start = useStart()
  const begin = useMutation({
    mutationFn: async () => {
      const { model } = await latentStart(run.id, { epoch, axes, points: [...points] })
      const name = `${data.name}, from ${count(points.length, "picture")}`
      return start.mutateAsync({ request: { prompt: "" }, model, name })
    },
  })
  const kinds = (["pca", ...(training.kind === "gmvae" ? ["components"] : []), ...(data.viz_labels ? ["classes"] : [])] as LatentAxes[])
  if (!isOver(run.state)) return <p className="note">You can steer from here once the run has ended.</p>
  return (
    <div className="atlas-steer">
      <div className="row">
        <button type="button" className="button primary grow" disabled={begin.isPending} onClick={() => { begin.mutate() }}>{begin.isPending ? "Beginning…" : "Steer from here"}</button>
        <select className="input" aria-label="Steer along" title="Steer along" value={axes} onChange={(event) => { setAxes(event.target.value as LatentAxes) }}>
          {kinds.map((kind) => <option key={kind} value={kind}>{AXES[kind]}</option>)}
        </select>
      </div>
      {begin.isError && <Problem problem={problemOf(begin.error)} />}
    </div>
  )
}
