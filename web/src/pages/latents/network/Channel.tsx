import { useState } from "react"
import type { Answered, LatentRunDetail } from "../../../client/latents"
import { problemOf } from "../../../client/problem"
import { AsTable } from "../../../ui/AsTable"
import { Problem } from "../../../ui/Problem"
import { Segmented } from "../../../ui/Segmented"
import { brief } from "../shared/words"
import { useAnswer, type Cell, type Forward, type Inspected, type Layer, type Probe, type Step } from "./answers"
import { KernelView } from "./KernelView"
import { isConvolution, nameOfLayer } from "./layers"
import { MapView } from "./MapView"
import type { Go } from "./NetworkPage"
import type { Place } from "./place"
import { Seen } from "./Seen"
import { cell, fieldInWords } from "./step"
import { StepView } from "./StepView"
import { StrongestView } from "./StrongestView"
import { useCalm, WALKING_MS } from "./useCalm"
import { useSlide } from "./useSlide"

interface ChannelProps {
  run: LatentRunDetail
  epoch: number
  picture: number
  layer: Layer
  channel: number
  place: Place
  passed: Answered<Forward>
  go: Go
}
const VIEWS = [{ value: "picture", label: "Picture" }, { value: "heat", label: "Heat" }, { value: "overlay", label: "Both" }] as const
export type View = (typeof VIEWS)[number]["value"]

/** One channel: its map, what one cell of it sees, and how that cell came about. */
export function Channel(props: ChannelProps) {
  const { run, epoch, picture, layer, channel, place, passed, go } = props
  const [view, setView] = useState<View>("picture")
  const rested = useCalm(channel, WALKING_MS)
  const about = { epoch, i: picture, layer_id: layer.layer_id, c: rested }
  const answer = useAnswer<{ "inspect.json": Inspected }>(run.id, { ask: "inspect", ...about })
  const inspected = answer.data?.json["inspect.json"]
  const at = chosenOf(place, layer, inspected)
  const calm = useCalm(at, 120)
  const isStep = isConvolution(layer)
  const xy: [number, number] | null = calm && [calm.x, calm.y]
  const step = useAnswer<{ "conv_step.json": Step }>(run.id, isStep && xy ? { ask: "conv_step", ...about, xy } : null)
  const probed = useAnswer<{ "inspect.json": Probe }>(run.id, !isStep && xy ? { ask: "probe", ...about, xy } : null)
  const said = isStep ? step.data?.json["conv_step.json"] : probed.data?.json["inspect.json"]
  const fault = answer.error ?? step.error ?? probed.error
  const title = `Channel ${String(channel)} of ${nameOfLayer(layer.layer_id)}`
  const isBehind = rested !== channel || answer.isPlaceholderData || step.isPlaceholderData || said?.xy.x !== at?.x || said?.xy.y !== at?.y
  const move = ({ x, y }: Cell) => { go({ channel, layer: layer.layer_id, x, y }) }
  const slide = useSlide(at, layer.shape[2] ?? 1, !isBehind, move)
  return (
    <section className="nw-channel card" aria-labelledby="nw-channel">
      <div className="row wrap">
        <h2 id="nw-channel" className="grow">{title}</h2>
        {isStep && <button type="button" className="button" aria-pressed={slide.isSliding} onClick={slide.toggle}>{slide.isSliding ? "Stop" : "Slide along the row"}</button>}
        <Segmented label="The picture as" value={view} options={VIEWS} onChange={setView} />
      </div>
      {fault && <Problem problem={problemOf(fault)} onRetry={() => { void answer.refetch(); if (isStep) void step.refetch(); else void probed.refetch() }} />}
      {!inspected && !fault && <div className="skeleton nw-space" role="status" aria-busy="true" aria-label="Asking the network" />}
      {inspected && answer.data && at && (
        <div className="nw-step" data-stale={isBehind} aria-busy={answer.isPlaceholderData}>
          <Seen passed={passed} heat={answer.data.url("heat_rgba.png")} overlay={answer.data.url("overlay.png")} over={inspected.data.over} view={view} field={said?.rf} />
          <MapView title={title} layer={layer} url={answer.data.url("heat_rgba.png")} inspected={inspected} at={at} onMove={move} />
          {isStep && step.data ? <StepView step={step.data.json["conv_step.json"]} /> : said && <Unexplained probe={said as Probe} layer={layer} />}
        </div>
      )}
      {said && <p className="soft small" aria-live="polite">Column {said.xy.x}, row {said.xy.y}. {fieldInWords(said.rf)}</p>}
      {inspected && (
        <AsTable
          title={title} summary={`The map as a table (${cell(inspected.data.min)} to ${cell(inspected.data.max)})`} columns={["row", ...inspected.data.values[0]?.map((_, x) => x) ?? []]}
          rows={inspected.data.values.map((row, y) => ({ cells: [y, ...row.map((value) => brief(value))] }))}
        />
      )}
      {isStep && <KernelView run={run.id} epoch={epoch} layer={layer} channel={rested} go={go} />}
      {layer.layer_id.startsWith("enc.") && <StrongestView run={run.id} epoch={epoch} layer={layer} channel={rested} isBehind={rested !== channel} go={go} picture={picture} unit="channel" />}
    </section>
  )
}

/** A layer of the decoder: its values can be read, the steps to them are not multiplied out. */
function Unexplained({ probe, layer }: { probe: Probe; layer: Layer }) {
  return (
    <dl className="nw-facts">
      <dt>Before {layer.activation === "none" ? "(no activation)" : layer.activation}</dt><dd className="mono">{cell(probe.before_activation, 3)}</dd>
      <dt>Value</dt><dd className="mono">{cell(probe.value, 3)}</dd>
      <dt className="nw-note">Steps are multiplied out for the encoder’s convolutions.</dt>
    </dl>
  )
}

/** The cell that the address names, if the map has it; else the one that answers most. */
function chosenOf({ x, y }: Place, { shape: [, height = 0, width = 0] }: Layer, inspected: Inspected | undefined): Cell | null {
  if (x !== undefined && y !== undefined && x < width && y < height) return { x, y }
  return inspected?.xy ?? null
}
