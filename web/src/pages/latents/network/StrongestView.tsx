import { useState } from "react"
import { problemOf } from "../../../client/problem"
import { Problem } from "../../../ui/Problem"
import { Segmented } from "../../../ui/Segmented"
import { useAnswer, type Layer, type Strongest } from "./answers"
import { hasMaps } from "./layers"
import type { Go } from "./NetworkPage"
import { cell } from "./step"

interface StrongestViewProps {
  run: string
  epoch: number
  layer: Layer
  channel: number
  /** Whether another one is about to be asked for. */
  isBehind: boolean
  picture: number
  unit: "channel" | "unit"
  go: Go
}
const METRICS = [{ value: "max", label: "In one place" }, { value: "mean", label: "On average" }] as const

/** The pictures that a channel or unit answers most to: what it has come to stand for. */
export function StrongestView({ run, epoch, layer, channel, isBehind, picture, unit, go }: StrongestViewProps) {
  const [metric, setMetric] = useState<"max" | "mean">("max")
  const answer = useAnswer<Strongest>(run, { ask: "topk", epoch, layer_id: layer.layer_id, c: channel, metric, k: 12 })
  const found = answer.data?.json["topk.json"]
  const isSilent = found?.items.every(({ score }) => score === 0)
  return (
    <section className="nw-strongest" aria-labelledby="nw-strongest" aria-busy={answer.isPending}>
      <div className="row wrap">
        <h3 id="nw-strongest" className="grow">Pictures that this {unit} answers most to</h3>
        {hasMaps(layer) && <Segmented label="Answer" value={metric} options={METRICS} onChange={setMetric} />}
      </div>
      {answer.error && <Problem problem={problemOf(answer.error)} onRetry={() => { void answer.refetch() }} />}
      {found && <p className="small soft">Of the first {found.subset_n} pictures of the set. {isSilent ? `For all of them this ${unit} is silent. ` : metric === "max" && hasMaps(layer) ? "A ring marks the place. " : ""}Choose one to send it through.</p>}
      <ul data-stale={isBehind || answer.isPlaceholderData}>
        {found?.items.map(({ dataset_idx, score, xy }) => (
          <li key={dataset_idx}>
            <button type="button" aria-current={dataset_idx === picture} aria-label={`Picture ${String(dataset_idx)}, ${cell(score)}`} onClick={() => { go({ picture: dataset_idx, x: undefined, y: undefined }) }}>
              <span className="nw-where">
                <img src={answer.data?.url(`input_${String(dataset_idx)}.png`)} alt="" />
                {xy && <i style={{ left: middle(xy.x, layer.shape[2]), top: middle(xy.y, layer.shape[1]) }} />}
              </span>
              <span className="mono">{cell(score)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

const middle = (place: number, of = 1) => `${String((100 * (place + 0.5)) / of)}%`
