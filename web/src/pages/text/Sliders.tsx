import { Link } from "@tanstack/react-router"
import { useState, type ReactNode } from "react"
import type { AxisView, Doses } from "../../client/language"
import { AxisSlider } from "./AxisSlider"
import { activeOf, doseInWords, isReady } from "./doses"
import { MoreAxes } from "./MoreAxes"
import { useAxes, useSuggestions } from "./useTalk"

interface SlidersProps {
  model: string
  doses: Doses
  /** Those of them that were set by hand. */
  hand: Doses
  /** Set by hand; null gives an axis back to the profile, or to neutral. */
  onDose: (axis: string, dose: number | null) => void
  onDoses: (doses: Doses) => void
  children?: ReactNode
}

/** What steers the next answer. On small screens it folds to one line that says the doses. */
export function Sliders({ model, doses, hand, onDose, onDoses, children }: SlidersProps) {
  const [isOpen, setOpen] = useState(false)
  const axes = useAxes(model)
  const ready = axes.data?.filter(isReady) ?? []
  return (
    <aside className="steer card" aria-label="Steering" data-open={isOpen}>
      <button type="button" className="steer-fold" aria-expanded={isOpen} onClick={() => { setOpen(!isOpen) }}>
        <strong>Steer</strong> <span className="soft grow">{inWords(ready, doses)}</span> <span aria-hidden="true">{isOpen ? "−" : "+"}</span>
      </button>
      <div className="steer-body">
        <div className="row">
          <h2 className="grow">Steer the next answer</h2>
          <Link to="/text/axes" className="button quiet" title="What each axis does and damages; axes of your own">Axes</Link>
          <button type="button" className="button quiet" disabled={Object.keys(hand).length === 0} title="Back to the profile’s doses, or to neutral" onClick={() => { onDoses({}) }}>Reset all</button>
        </div>
        {children}
        {axes.isPending && <div className="skeleton" style={{ height: 240 }} aria-busy="true" />}
        {ready.length > 0 && <Suggestions model={model} onDoses={onDoses} />}
        <ul className="axes">
          {ready.map((axis) => (
            <AxisSlider
              key={axis.name} axis={axis} dose={doses[axis.name] ?? 0}
              onDose={(dose) => { onDose(axis.name, dose) }} onReset={() => { onDose(axis.name, null) }}
            />
          ))}
        </ul>
        {axes.data && <MoreAxes model={model} axes={axes.data.filter((axis) => !isReady(axis))} alone={ready.length === 0} />}
      </div>
    </aside>
  )
}

function inWords(ready: AxisView[], doses: Doses): string {
  const said = ready.filter(({ name }) => activeOf(doses)[name] !== undefined).map((axis) => doseInWords(axis, doses[axis.name] ?? 0))
  return said.length > 0 ? said.join(", ") : "neutral"
}

/** Kinds of writing, each all sliders at once. */
function Suggestions({ model, onDoses }: { model: string; onDoses: (doses: Doses) => void }) {
  const suggestions = useSuggestions(model)
  return (
    <div className="row wrap" role="group" aria-label="Kinds of writing">
      <span className="small muted">For a</span>
      {suggestions.data?.map((one) => (
        <button key={one.name} type="button" className="chip" title={one.what} onClick={() => { onDoses(one.doses) }}>{one.name}</button>
      ))}
    </div>
  )
}
