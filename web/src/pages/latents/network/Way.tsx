import { useRef } from "react"
import type { Answered } from "../../../client/latents"
import { AsTable } from "../../../ui/AsTable"
import { useAnswer, type Forward, type Kernels, type Layer } from "./answers"
import { briefName, hasMaps, isConvolution, nameOfLayer, shapeInWords, stagesOf } from "./layers"
import { Links, type LinkOf } from "./Links"
import type { Go } from "./NetworkPage"
import { Tiles } from "./Tiles"
import { useCalm, WALKING_MS } from "./useCalm"

interface WayProps {
  run: string
  epoch: number
  passed: Answered<Forward>
  layer: Layer
  channel: number
  go: Go
}

/** All layers in a row, from the picture to its reconstruction; lines show what the chosen channel reads. */
export function Way({ run, epoch, passed, layer, channel, go }: WayProps) {
  const { data: layers } = passed.json["layers.json"]
  const row = useRef<HTMLDivElement>(null)
  const tile = `${layer.layer_id}/${String(channel)}`
  const isAtRest = useCalm(tile, WALKING_MS) === tile
  const kernels = useAnswer<Kernels>(run, isConvolution(layer) && isAtRest ? { ask: "kernels", epoch, layer_id: layer.layer_id, c: channel } : null)
  const links = isConvolution(layer) && isAtRest && !kernels.isPlaceholderData ? linksOf(layers, layer, channel, kernels.data?.json) : []
  const weights = layers.reduce((sum, one) => sum + one.weights, 0)
  return (
    <section className="nw-way" aria-labelledby="nw-way">
      <h2 id="nw-way">The way of the picture</h2>
      <p className="soft small">{layers.length} layers with {weights.toLocaleString("en")} weights. Choose a layer, or one of its channels. Bright is much; within a layer all share one scale.</p>
      <div className="nw-scroll" tabIndex={0} role="region" aria-label="Layers, from left to right">
        <div className="nw-row" ref={row}>
          <figure className="nw-end"><figcaption>Picture</figcaption><img data-tile="input" src={passed.url("input.png")} alt={`Picture ${String(passed.json["forward_meta.json"].index)}`} /></figure>
          {stagesOf(layers).map((stage) => (
            <div key={stage.name} className="nw-stage" role="group" aria-label={stage.name}>
              <p title={stage.about}>{stage.name}</p>
              <div className="nw-layers">
                {stage.layers.map((one) => (
                  <LayerTile key={one.layer_id} layer={one} passed={passed} isChosen={one === layer} channel={one === layer ? channel : null} go={go} />
                ))}
              </div>
            </div>
          ))}
          <figure className="nw-end"><figcaption>Drawn again</figcaption><img src={passed.url("recon.png")} alt="The reconstruction" /></figure>
          <Links host={row} links={links} />
        </div>
      </div>
      <AsTable
        title="The layers" columns={["layer", "id", "reads", "makes", "activation", "weights"]}
        rows={layers.map((one) => ({ isHere: one === layer, cells: [nameOfLayer(one.layer_id), one.layer_id, shapeInWords(one.reads), shapeInWords(one.shape), one.activation, one.weights.toLocaleString("en")] }))}
      />
    </section>
  )
}

interface LayerTileProps {
  layer: Layer
  passed: Answered<Forward>
  isChosen: boolean
  channel: number | null
  go: Go
}

function LayerTile({ layer, passed, isChosen, channel, go }: LayerTileProps) {
  const { layer_id: id } = layer
  const picture = passed.url(`layer_${id}/${hasMaps(layer) ? "grid" : "vector"}.png`)
  const choose = (next: number) => { go({ layer: id, channel: next, x: undefined, y: undefined }) }
  return (
    <div className="nw-layer" data-chosen={isChosen}>
      <button type="button" aria-pressed={isChosen} onClick={() => { if (!isChosen) choose(0) }} title={`${nameOfLayer(id)} (${id}), ${layer.activation === "none" ? "no activation" : layer.activation}`}>
        <strong>{briefName(id)}</strong>
        <small>{shapeInWords(layer.shape)}</small>
        <small title={`${layer.weights.toLocaleString("en")} weights`}>{short(layer.weights)} weights</small>
      </button>
      {hasMaps(layer)
        ? <Tiles layer={layer} url={picture} chosen={channel} onChoose={choose} />
        : <img className="nw-vector" src={picture} alt="" onClick={() => { choose(0) }} />}
    </div>
  )
}

/** From what the channel reads to itself, as wide as the weights are strong. */
function linksOf(layers: readonly Layer[], layer: Layer, channel: number, kernels: Kernels | undefined): LinkOf[] {
  const to = `${layer.layer_id}/${String(channel)}`
  const top = kernels?.["top_in_channels.json"]?.data
  const before = layers[layers.indexOf(layer) - 1]
  if (kernels && before === undefined) return [{ from: "input", to, share: 1 }]
  if (before === undefined || top === undefined) return []
  const most = Math.max(...top.map(({ l2 }) => l2)) || 1
  return top.map(({ in_channel, l2 }) => ({ from: `${before.layer_id}/${String(in_channel)}`, to, share: l2 / most }))
}

function short(weights: number): string {
  return weights < 1000 ? String(weights) : `${String(Number((weights / 1000).toPrecision(2)))}k`
}
