import { Link, useNavigate, useSearch } from "@tanstack/react-router"
import { isOver, nameOf, shortId } from "../shared/words"
import { StateBadge } from "../shared/StateBadge"
import type { LatentRunDetail } from "../../../client/latents"
import { problemOf } from "../../../client/problem"
import { EmptyState } from "../../../ui/EmptyState"
import { Problem } from "../../../ui/Problem"
import { epochAt, viewOf, type View } from "./address"
import { epochsOf, type Dims, type Method } from "./files"
import { Scrubber } from "./Scrubber"
import { useBundle, usePrefetch } from "./useBundle"
import { kindFor } from "./usePainter"
import { MapOf } from "./MapOf"

/** A run's maps, epoch by epoch. */
export function Explorer({ run }: { run: LatentRunDetail }) {
  const view = viewOf(useSearch({ strict: false }))
  const navigate = useNavigate()
  const look = (change: Partial<Record<keyof View, View[keyof View] | undefined>>) => {
    const next = { ...view, ...change }
    const search = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined)) as View
    void navigate({ to: "/latents/runs/$runId/explore", params: { runId: run.id }, search, replace: true, resetScroll: false })
  }
  const dims: Dims = view.dims === 3 && kindFor(3) !== null ? 3 : 2
  const methods = (["umap", "pca"] as const).filter((method) => epochsOf(run, method, dims).length > 0)
  const method: Method = view.method && methods.includes(view.method) ? view.method : (methods[0] ?? "pca")
  const epochs = epochsOf(run, method, dims)
  const epoch = epochAt(epochs, view.epoch)
  const bundle = useBundle(run, epoch === undefined ? null : { method, dims, epoch })
  const prefetch = usePrefetch(run)
  return (
    <div className="page atlas-page">
      <Head run={run} />
      {bundle.isError && <Problem problem={problemOf(bundle.error)} onRetry={() => void bundle.refetch()} />}
      {epoch === undefined && <NoMap run={run} />}
      {epoch !== undefined && bundle.data ? (
        <MapOf run={run} bundle={bundle.data} view={view} methods={methods} onView={look}>
          <Scrubber
            epochs={epochs} epoch={epoch} last={run.epochs} isLate={bundle.isPlaceholderData}
            onChange={(next) => { look({ epoch: next === epochs.at(-1) && !isOver(run.state) ? undefined : next }) }} onNext={(next) => { prefetch({ method, dims, epoch: next }) }}
          />
        </MapOf>
      ) : (
        epoch !== undefined && !bundle.isError && <div className="atlas-stage skeleton" aria-busy="true" />
      )}
    </div>
  )
}

function Head({ run }: { run: LatentRunDetail }) {
  const to = { params: { runId: run.id }, className: "button" }
  return (
    <div className="page-head">
      <div className="grow">
        <h1>Latent map</h1>
        <p className="soft small row wrap">{nameOf(run)} <span className="mono muted">{shortId(run.id)}</span> <StateBadge state={run.state} /></p>
      </div>
      <Link to="/latents/runs/$runId" {...to}>Run</Link>
      <Link to="/latents/runs/$runId/network" {...to}>Network</Link>
      <Link to="/latents/compare" search={{ runs: run.id }} className="button">Compare</Link>
    </div>
  )
}

function NoMap({ run }: { run: LatentRunDetail }) {
  return (
    <EmptyState title="No map yet" action={<Link to="/latents/runs/$runId" params={{ runId: run.id }} className="button">See the run</Link>}>
      {isOver(run.state) ? "This run has kept no map. Maps can be made later from its latents: on its page, or with pilotage latents backfill." : "The first map comes with the first epoch, and appears here by itself."}
    </EmptyState>
  )
}
