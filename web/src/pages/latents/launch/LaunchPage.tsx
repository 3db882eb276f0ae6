import { useMutation, useQueryClient } from "@tanstack/react-query"
import { Link, useNavigate, useSearch } from "@tanstack/react-router"
import { latentKeys, latents, useLatentRun, useLatentRuns, useLatentSchema, usePictureSets } from "../../../client/latents"
import { problemOf } from "../../../client/problem"
import { ago } from "../../../ui/format"
import { Problem } from "../../../ui/Problem"
import { RunTable } from "../shared/RunTable"
import type { KnobSchema } from "./knobs"
import "./launch.css"
import { CloneForm, LaunchForm } from "./LaunchForm"
import { useLaunch } from "./useLaunch"

/** Where a training is set up and launched; or a run cloned, with a knob turned. */
export function LaunchPage() {
  const { clone, knob, value } = useSearch({ from: "/latents" })
  const schema = useLatentSchema()
  return (
    <div className="page launch">
      {clone === undefined && <Hero />}
      {schema.isError && <Problem problem={problemOf(schema.error)} onRetry={() => void schema.refetch()} />}
      {schema.isPending && <div className="skeleton choice-space" aria-busy="true" aria-label="Looking" />}
      {schema.data && (clone === undefined
        ? <LaunchForm training={knobsOf(schema.data.training)} recording={knobsOf(schema.data.recording)} />
        : <Clone key={`${clone} ${knob ?? ""} ${String(value)}`} run={clone} proposed={knob === undefined || value === undefined ? {} : { [knob]: value }} training={knobsOf(schema.data.training)} />)}
      <LatestRuns />
    </div>
  )
}

function knobsOf(schema: Record<string, unknown>): Record<string, KnobSchema> {
  return (schema.properties ?? {}) as Record<string, KnobSchema>
}

function Hero() {
  const { start, isPending, problem } = useLaunch()
  const cache = useQueryClient()
  const navigate = useNavigate()
  const digits = usePictureSets().data?.find(({ name }) => name === "digits")
  const example = useMutation({
    mutationFn: latents.example,
    onSuccess: (run) => {
      void cache.invalidateQueries({ queryKey: latentKeys.runs })
      return navigate({ to: "/latents/runs/$runId", params: { runId: run.id } })
    },
  })
  return (
    <section className="launch-hero" aria-label="Latents">
      <div className="hero-words">
        <h1>Watch a network find order in pictures</h1>
        <p>
          It learns to draw each picture again from a handful of numbers. Pictures that get like numbers are alike to it: that is its
          latent space. Nobody tells it which digit is which, and yet the digits come apart before your eyes.
        </p>
        <div className="row wrap">
          <button type="button" className="button primary large" disabled={isPending} onClick={() => { start({ data: "digits", preset: "default", training: {}, recording: {} }) }}>
            {isPending ? "Launching…" : "Train on handwritten digits"}
          </button>
          <button type="button" className="button large" disabled={example.isPending} onClick={() => { example.mutate() }}>{example.isPending ? "Opening…" : "Open a finished run"}</button>
        </div>
        <p className="small muted">It trains on this computer’s processor. You see losses, drawings and the map from the first seconds; cancel at any time.</p>
        {problem && <Problem problem={problem} />}
        {example.isError && <Problem problem={problemOf(example.error)} />}
      </div>
      {digits && <img className="sprite" src={latents.previewUrl(digits)} alt="Forty of the handwritten digits" style={{ aspectRatio: "10 / 4" }} />}
    </section>
  )
}

function Clone({ run: id, proposed, training }: { run: string; proposed: Record<string, string | number | boolean>; training: Record<string, KnobSchema> }) {
  const run = useLatentRun(id)
  if (run.isError) return <Problem problem={problemOf(run.error)} onRetry={() => void run.refetch()} />
  if (!run.data) return <div className="skeleton choice-space" aria-busy="true" aria-label="Looking" />
  return <CloneForm run={run.data} proposed={proposed} training={training} />
}

const SHOWN = 5

function LatestRuns() {
  const runs = useLatentRuns()
  const found = runs.data?.pages.flatMap(({ items }) => items) ?? []
  if (found.length === 0) return null
  return (
    <section aria-label="Latest runs">
      <div className="part-title"><h2>Latest runs</h2><span className="grow" /><Link to="/latents/runs" className="button quiet">All runs</Link></div>
      <RunTable runs={found.slice(0, SHOWN)} label="Latest runs" when={(iso) => ago(iso, Date.now())} />
    </section>
  )
}
