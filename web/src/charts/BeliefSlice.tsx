import type { AxisBelief } from "../client/types"
import { Uncertain } from "../ui/Uncertain"
import { axisTitle } from "./format"
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
        <Uncertain value={best} sd={best_sd} known={known} title="Where your best seems to lie; 0 is your prompt as it is" />
      </div>
      <BeliefPlot belief={belief} />
    </div>
  )
}
