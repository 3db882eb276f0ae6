import type { AxisView, Doses } from "../../client/language"
import { activeOf, doseInWords, isPast } from "./doses"

/** The doses that an answer was made with. */
export function DoseChips({ doses, axes }: { doses: Doses; axes: AxisView[] }) {
  const active = Object.entries(activeOf(doses))
  if (active.length === 0) return <span className="badge">neutral</span>
  return active.map(([name, dose]) => {
    const axis = axes.find((one) => one.name === name) ?? { poles: { negative: `less ${name}`, positive: name } }
    return <span key={name} className={isPast(dose) ? "badge past" : "badge win"}>{doseInWords(axis, dose)}</span>
  })
}
