import type { Painted } from "./colouring"
import { percent } from "../../../ui/format"

interface LegendProps {
  legend: Painted["legend"]
  hidden: ReadonlySet<number>
  onHide: (hidden: ReadonlySet<number>) => void
  /** Choose all points of a group. */
  onSelect: (group: number) => void
}

/** What the colours mean. Groups can be hidden, and chosen as a whole. */
export function Legend({ legend, hidden, onHide, onSelect }: LegendProps) {
  if ("scale" in legend) {
    const { low, high, title, ends, colours, asPercent } = legend.scale
    const inWords = (value: number) => (asPercent ? percent(value) : value.toPrecision(2))
    return (
      <div className="atlas-ramp">
        <i style={{ background: `linear-gradient(90deg, ${colours.join(",")})` }} />
        <span>{inWords(low)}<small>{ends[0]}</small></span>
        <span>{inWords(high)}<small>{ends[1]}</small></span>
        <p className="small soft">{title}</p>
      </div>
    )
  }
  const toggled = (group: number) => new Set(hidden.has(group) ? [...hidden].filter((one) => one !== group) : [...hidden, group])
  const only = (group: number) => new Set(legend.groups.flatMap((_, i) => (i === group ? [] : [i])))
  return (
    <>
      <ul className="atlas-legend" aria-label="Legend">
        {legend.groups.map(({ name, colour, count }, group) => count > 0 && (
          <li key={group}>
            <button type="button" className="atlas-group" aria-pressed={!hidden.has(group)} title={hidden.has(group) ? `Show ${name}` : `Hide ${name}`} onClick={() => { onHide(toggled(group)) }}>
              <i style={{ background: colour }} /><span>{name}</span><small>{count}</small>
            </button>
            <button type="button" className="atlas-more" aria-label={`Only ${name}`} onClick={() => { onHide(only(group)) }}>only</button>
            <button type="button" className="atlas-more" aria-label={`Choose all of ${name}`} onClick={() => { onSelect(group) }}>choose</button>
          </li>
        ))}
      </ul>
      {hidden.size > 0 && <button type="button" className="button quiet" onClick={() => { onHide(new Set()) }}>Show all</button>}
    </>
  )
}
