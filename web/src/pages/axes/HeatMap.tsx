import { Fragment, useState } from "react"
import type { Heat } from "../../client/axes"
import { AsTable } from "../../ui/AsTable"
import { Figure } from "../../ui/Figure"
import { Tick } from "../../ui/icons"
import { Segmented } from "../../ui/Segmented"
import { shadeOf } from "./curve"
import { methodInWords } from "./words"

const SHOWN = [{ value: "score", label: "Score" }, { value: "effect", label: "Effect" }, { value: "damage", label: "Damage" }] as const
type Shown = (typeof SHOWN)[number]["value"]

interface HeatMapProps {
  name: string
  heat: readonly Heat[]
  chosen: { method: string; layer: number | null }
}

/** Layers and methods that were compared, and which was chosen. */
export function HeatMap({ name, heat, chosen }: HeatMapProps) {
  const [shown, setShown] = useState<Shown>("score")
  const layers = [...new Set(heat.map(({ layer }) => layer))].sort((a, b) => a - b)
  const methods = [...new Set(heat.map(({ method }) => method))]
  const values = heat.map((cell) => cell[shown])
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const share = (value: number) => (high > low ? (value - low) / (high - low) : 1)
  const cellAt = (method: string, layer: number) => heat.find((cell) => cell.method === method && cell.layer === layer)
  const isChosen = ({ method, layer }: Heat) => method === chosen.method && layer === chosen.layer
  const title = "Where in the model, and how"
  return (
    <Figure
      title={title} data={{ name: `${name}-layers`, columns: ["method", "layer", "effect", "damage", "score"], rows: heat.map((cell) => [cell.method, cell.layer, cell.effect, cell.damage, cell.score]) }}
      reading={`Chosen: ${methodInWords(chosen.method)} at block ${String(chosen.layer ?? "–")}. The score is the most effect less damage that any strength reaches; every third block is looked at first.`}
    >
      <Segmented label="Shown in the cells" value={shown} options={SHOWN} onChange={setShown} />
      <div className="lx-scroll" tabIndex={0} role="region" aria-label={title}>
        <table className="lx-heat">
          <thead><tr><th scope="col">method \ block</th>{layers.map((layer) => <th key={layer} scope="col">{layer}</th>)}</tr></thead>
          <tbody>
            {methods.map((method) => (
              <tr key={method}>
                <th scope="row">{methodInWords(method)}</th>
                {layers.map((layer) => {
                  const cell = cellAt(method, layer)
                  return cell === undefined
                    ? <td key={layer} className="none"><span className="hidden-visually">not looked at</span></td>
                    : (
                      <td
                        key={layer} style={shadeOf(share(cell[shown]))} data-chosen={isChosen(cell)}
                        title={`${methodInWords(method)}, block ${String(layer)}: effect ${cell.effect.toFixed(2)}, damage ${cell.damage.toFixed(2)}, score ${cell.score.toFixed(2)}`}
                      >
                        {cell[shown].toFixed(2)}{isChosen(cell) && <Fragment><Tick size={14} /><span className="hidden-visually">chosen</span></Fragment>}
                      </td>
                    )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <AsTable
        title={title} columns={["method", "block", "effect", "damage", "score"]}
        rows={[...heat].sort((a, b) => b.score - a.score).map((cell) => ({
          cells: [`${methodInWords(cell.method)}${isChosen(cell) ? " (chosen)" : ""}`, cell.layer, cell.effect.toFixed(2), cell.damage.toFixed(2), cell.score.toFixed(2)],
          isHere: isChosen(cell),
        }))}
      />
    </Figure>
  )
}
