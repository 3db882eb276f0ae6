import type { AxisBelief } from "../client/types"
import { axisTitle, compact } from "./format"
import { BeliefPlot } from "./BeliefPlot"

interface BeliefSliceProps {
  belief: AxisBelief
}

/** What is believed along one axis: its name, where the best seems to lie, and the curve. */
export function BeliefSlice({ belief }: BeliefSliceProps) {
  const { axis, known, best, best_sd } = belief
  return (
    <div className="belief">
      <div className="belief-head" aria-hidden="true">
        <span className="belief-name" title={axis.name}>{axisTitle(axis)}</span>
        <span className="belief-value" title="Where your best seems to lie; 0 is your prompt as it is">
          {known ? compact(best, best_sd) : "can't tell yet"}
        </span>
      </div>
      <BeliefPlot belief={belief} />
    </div>
  )
}
