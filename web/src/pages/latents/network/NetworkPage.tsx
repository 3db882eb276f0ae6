import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router"
import { useCallback } from "react"
import { useLatentRun, type Answered, type LatentRunDetail } from "../../../client/latents"
import { problemOf } from "../../../client/problem"
import { CopyCode } from "../../../ui/CopyCode"
import { EmptyState } from "../../../ui/EmptyState"
import { Problem } from "../../../ui/Problem"
import { configOf } from "../explore/files"
import { isOver, nameOf, shortId } from "../shared/words"
import { useAnswer, type Forward, type Layer } from "./answers"
import { Channel } from "./Channel"
import { codeOf } from "./code"
import { Latent } from "./Latent"
import { hasMaps } from "./layers"
import "./network.css"
import { PicturePicker } from "./PicturePicker"
import type { Place } from "./place"
import { Units } from "./Units"
import { Way } from "./Way"

/** A picture on its way through the network. */
export function NetworkPage() {
  const { runId = "" } = useParams({ strict: false })
  const run = useLatentRun(runId)
  const fault = run.error && <Problem problem={problemOf(run.error)} onRetry={() => { void run.refetch() }} />
  if (run.data) return <Network key={runId} run={run.data} fault={fault} />
  return <div className="page">{fault ?? <div className="skeleton nw-space" role="status" aria-busy="true" aria-label="Looking" />}</div>
}

export type Go = (to: Partial<Place>) => void

function Network({ run, fault }: { run: LatentRunDetail; fault: React.ReactNode }) {
  const place = useSearch({ from: "/latents/runs/$runId/network" })
  const navigate = useNavigate({ from: "/latents/runs/$runId/network" })
  const go: Go = useCallback((to) => { void navigate({ search: (was) => ({ ...was, ...to }), replace: true, resetScroll: false }) }, [navigate])
  const picture = place.picture ?? configOf(run).viz_indices[0] ?? 0
  const epoch = place.epoch ?? run.checkpoints.at(-1)
  return (
    <div className="page nw">
      <div className="page-head">
        <div className="grow">
          <p className="small">
            <Link to="/latents/runs">Runs</Link> / <Link to="/latents/runs/$runId" params={{ runId: run.id }}>{nameOf(run)} <span className="mono">{shortId(run.id)}</span></Link>
          </p>
          <h1>Through the network</h1>
        </div>
        <Link to="/latents/runs/$runId/explore" params={{ runId: run.id }} className="button">Explore the map</Link>
        {epoch !== undefined && <CopyCode code={codeOf(run.id, epoch, picture, place)} note="Each question is answered once; its files lie in the run’s folder." />}
      </div>
      {fault}
      {epoch === undefined ? <NoCheckpoint run={run} /> : <Asked run={run} epoch={epoch} picture={picture} place={place} go={go} />}
    </div>
  )
}

function NoCheckpoint({ run }: { run: LatentRunDetail }) {
  const [title, words] = isOver(run.state)
    ? ["This run kept no checkpoint", "It ended before its first one. Go on with it, and its network can be looked into."]
    : ["No checkpoint yet", "The network is looked into as it stood at the end of an epoch. This page goes on by itself once the first one is kept."]
  return <EmptyState title={title} action={<Link to="/latents/runs/$runId" params={{ runId: run.id }} className="button">See the run</Link>}>{words}</EmptyState>
}

interface AskedProps {
  run: LatentRunDetail
  epoch: number
  picture: number
  place: Place
  go: Go
}

function Asked({ run, epoch, picture, place, go }: AskedProps) {
  const answer = useAnswer<Forward>(run.id, { ask: "forward", epoch, i: picture })
  const passed = answer.data
  const layers = passed?.json["layers.json"].data ?? []
  const layer = layers.find(({ layer_id }) => layer_id === place.layer) ?? layers.find(hasMaps) ?? layers[0]
  return (
    <>
      <PicturePicker run={run} picture={picture} epoch={epoch} passed={passed} go={go} />
      {answer.error && <Problem problem={problemOf(answer.error)} onRetry={() => { void answer.refetch() }} />}
      {!passed && !answer.error && <div className="skeleton nw-space" role="status" aria-busy="true" aria-label="The picture passes through the network" />}
      {passed && layer && (
        <div className="nw-parts" data-stale={answer.isPlaceholderData} aria-busy={answer.isPlaceholderData}>
          <Way run={run.id} epoch={epoch} passed={passed} layer={layer} channel={channelOf(layer, place)} go={go} />
          <Chosen key={layer.layer_id} run={run} epoch={epoch} picture={picture} layer={layer} place={place} go={go} passed={passed} hasPassed={!answer.isPlaceholderData} />
          <Latent run={run} epoch={epoch} picture={picture} passed={passed} />
        </div>
      )}
    </>
  )
}

function Chosen({ layer, place, passed, hasPassed, ...rest }: AskedProps & { layer: Layer; passed: Answered<Forward>; hasPassed: boolean }) {
  const channel = channelOf(layer, place)
  return hasMaps(layer) ? <Channel {...rest} layer={layer} channel={channel} place={place} passed={passed} /> : <Units {...rest} layer={layer} unit={channel} hasPassed={hasPassed} />
}

/** The channel or unit that the address names, if the layer has it. */
function channelOf({ shape: [count = 1] }: Layer, { channel = 0 }: Place): number {
  return channel < count ? channel : 0
}
