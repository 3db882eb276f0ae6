import type { LatentRunDetail } from "../../../client/latents"
import { problemOf } from "../../../client/problem"
import { AsTable } from "../../../ui/AsTable"
import { Problem } from "../../../ui/Problem"
import { percent } from "../../../ui/format"
import { brief } from "../shared/words"
import { useUnits, type Layer } from "./answers"
import { nameOfLayer, shapeInWords } from "./layers"
import type { Go } from "./NetworkPage"
import { cell } from "./step"
import { StrongestView } from "./StrongestView"
import { useCalm, WALKING_MS } from "./useCalm"

interface UnitsProps {
  run: LatentRunDetail
  epoch: number
  picture: number
  layer: Layer
  unit: number
  /** Whether it is this picture that has passed, as of this epoch. */
  hasPassed: boolean
  go: Go
}

/** A dense layer: each unit reads all of the layer before, so there are values, and no maps. */
export function Units({ run, epoch, picture, layer, unit, hasPassed, go }: UnitsProps) {
  const id = layer.layer_id
  const rested = useCalm(unit, WALKING_MS)
  const answer = useUnits(run.id, epoch, picture, id, hasPassed)
  const values = answer.data?.data.values ?? []
  const most = Math.max(...values.map(Math.abs)) || 1
  const strongest = [...values.keys()].sort((a, b) => Math.abs(values[b] ?? 0) - Math.abs(values[a] ?? 0))
  const title = nameOfLayer(id)
  return (
    <section className="nw-channel card" aria-labelledby="nw-channel">
      <h2 id="nw-channel">{title}: {shapeInWords(layer.shape)}</h2>
      <p className="small soft">
        Each unit weighs all {layer.reads.reduce((all, one) => all * one, 1)} values of the layer before and adds them up{layer.activation === "relu" ? "; below zero it stays silent" : ""}.
        {answer.data && ` ${percent(answer.data.data.share_zero)} of them are silent for this picture.`}
      </p>
      {answer.error && <Problem problem={problemOf(answer.error)} onRetry={() => { void answer.refetch() }} />}
      <div className="nw-units" role="group" aria-label={`Units of ${title}`} data-stale={answer.isPlaceholderData}>
        {values.map((value, i) => (
          <button
            key={i} type="button" aria-pressed={i === unit} aria-label={`Unit ${String(i)}: ${cell(value)}`} title={`unit ${String(i)}: ${cell(value)}`} tabIndex={i === unit ? 0 : -1}
            data-sign={Math.sign(value)} style={{ "--share": `${String((100 * Math.abs(value)) / most)}%` } as React.CSSProperties} onClick={() => { go({ layer: id, channel: i }) }}
            onKeyDown={(event) => { walk(event, i, values.length, (next) => { go({ layer: id, channel: next }) }) }}
          />
        ))}
      </div>
      <p className="mono small">unit {unit}: {values[unit] === undefined ? "–" : cell(values[unit], 3)}</p>
      <AsTable title={title} columns={["unit", "value"]} rows={strongest.slice(0, 200).map((i) => ({ isHere: i === unit, cells: [i, brief(values[i] ?? 0)] }))} />
      {id.startsWith("enc.") && <StrongestView run={run.id} epoch={epoch} layer={layer} channel={rested} isBehind={rested !== unit} picture={picture} go={go} unit="unit" />}
    </section>
  )
}

function walk(event: React.KeyboardEvent<HTMLElement>, at: number, count: number, onChoose: (next: number) => void): void {
  const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key]
  if (step === undefined || at + step < 0 || at + step >= count) return
  event.preventDefault()
  ;(event.currentTarget.parentElement?.children[at + step] as HTMLElement | undefined)?.focus()
  onChoose(at + step)
}
