import { useMutation } from "@tanstack/react-query"
import { useLab } from "../../client/context"
import { problemOf, problemOfJob } from "../../client/problem"
import { useJob, useLive } from "../../client/queries"
import type { Belief, RenderedSample, SessionView } from "../../client/types"
import { shortAxis, signed } from "../../ui/format"
import { mediumOf } from "../../ui/medium"
import { PhaseBar } from "../../ui/PhaseBar"
import { Problem } from "../../ui/Problem"
import { useKept } from "../../ui/storage"
import { Thumb } from "../../ui/Thumb"
import { reachOf } from "./reach"

interface Hand {
  z: number[] | null
  jobId: string | null
}

/** Any place of the space, by sliders; its picture stands beside, outside the rounds. */
export function SteerByHand({ session, belief }: { session: SessionView; belief: Belief }) {
  const lab = useLab()
  const [hand, setHand] = useKept<Hand>(sessionStorage, `hand.${session.id}`, { z: null, jobId: null })
  const z = hand.z?.length === belief.axes.length ? hand.z : belief.incumbent_z
  const render = useMutation({
    mutationFn: () => lab.renderPoint(session.id, z),
    onSuccess: (job) => { setHand({ z, jobId: job.id }) },
  })
  const job = useJob(hand.jobId ?? undefined)
  const live = useLive(hand.jobId ?? undefined)
  const sample = (job.data?.result?.samples as RenderedSample[] | undefined)?.[0]
  const isRunning = job.data?.state === "queued" || job.data?.state === "running"
  const set = (axis: number, value: number) => {
    const reach = session.region === "ball" ? reachOf(z, axis, session.radius) : session.radius
    setHand({ ...hand, z: z.map((old, i) => (i === axis ? Math.max(-reach, Math.min(reach, value)) : old)) })
  }
  return (
    <section className="by-hand">
      <h3>Steer by hand</h3>
      {belief.axes.map(({ axis }, index) => (
        <label key={axis.name} className="slider">
          <span>{shortAxis(`${axis.negative} ↔ ${axis.positive}`)}</span>
          <span className="val">{signed(z[index] ?? 0, 2)}</span>
          <input
            type="range" min={-session.radius} max={session.radius} step={session.radius / 50} value={z[index] ?? 0}
            aria-label={axis.name} onChange={(event) => { set(index, Number(event.target.value)) }}
          />
        </label>
      ))}
      <div className="row wrap">
        <button type="button" className="button" disabled={render.isPending || isRunning} onClick={() => { render.mutate() }}>{mediumOf(session.model) === "text" ? "Write at these doses" : "Render this point"}</button>
        {hand.z !== null && <button type="button" className="button quiet" onClick={() => { setHand({ ...hand, z: null }) }}>Back to your best</button>}
      </div>
      {isRunning && <PhaseBar live={live} />}
      {render.error && <Problem problem={problemOf(render.error)} onRetry={() => { render.mutate() }} />}
      {job.data?.error && <Problem problem={problemOfJob(job.data.error)} onRetry={() => { render.mutate() }} />}
      {sample && (
        <figure className="hand-picture">
          <Thumb artifact={sample.artifact} alt="The place that you chose by hand" full />
          <figcaption className="small muted">{sample.error || (mediumOf(session.model) === "text" ? "Written with the newest round’s prompt and noise; no part of any round." : "Drawn with the newest round’s noise; no part of any round.")}</figcaption>
        </figure>
      )}
    </section>
  )
}
