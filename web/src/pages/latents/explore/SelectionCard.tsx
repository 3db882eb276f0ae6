import type { ReactNode } from "react"
import { count, percent } from "../../../ui/format"
import type { MapConfig } from "./files"
import { useTheme } from "../../../ui/theme"
import { categorical } from "./palette"
import { countsOf, labelOf, type Count } from "./selecting"
import { Tile } from "./sprite"
import type { Bundle } from "./useBundle"
import { FOCUSED } from "./useLayers"

const SHOWN = 60

interface SelectionCardProps {
  config: MapConfig
  bundle: Bundle
  selection: readonly number[]
  nameOf: (row: number) => string
  onPick: (row: number) => void
  onClear: () => void
  /** What can be done from here. */
  children?: ReactNode
}

/** What was drawn around: how many, of which classes and components, and their pictures. */
export function SelectionCard({ config, bundle, selection, nameOf, onPick, onClear, children }: SelectionCardProps) {
  const labels = config.data.viz_labels
  return (
    <section className="card atlas-card" aria-label="What you chose">
      <header className="row">
        <h2 className="grow">{count(selection.length, "point")}</h2>
        <button type="button" className="button quiet" onClick={onClear}>Clear</button>
      </header>
      {labels && <Bars title="By label" groups={config.data.class_names.length} counts={countsOf(selection, labels, (label) => config.data.class_names[label] ?? String(label))} />}
      {bundle.health && <Bars title="By component" groups={bundle.health.components} counts={countsOf(selection, bundle.health.data.component, (component) => `component ${String(component)}`)} />}
      {children}
      <ul className="atlas-pictures" aria-label="Pictures">
        {selection.slice(0, SHOWN).map((row) => (
          <li key={row}><button type="button" aria-label={nameOf(row)} title={labelOf(config, row) ?? nameOf(row)} onClick={() => { onPick(row) }}><Tile row={row} size={30} alt="" /></button></li>
        ))}
      </ul>
      {selection.length > SHOWN && <p className="note">The first {SHOWN} of {selection.length} pictures.</p>}
      {selection.length > FOCUSED && <p className="note">Edges are drawn for {FOCUSED} points at most.</p>}
    </section>
  )
}

/** Counts as bars, in the colours of their groups. */
export function Bars({ title, groups, counts }: { title: string; groups: number; counts: readonly Count[] }) {
  const [theme] = useTheme()
  const colours = categorical(groups, theme)
  return (
    <table className="atlas-bars">
      <caption>{title}</caption>
      <tbody>
        {counts.map(({ group, name, count: many, share }) => (
          <tr key={group}>
            <th scope="row">{name}</th>
            <td><i style={{ width: `${String(100 * share)}%`, background: colours[group] }} aria-hidden="true" /></td>
            <td className="mono">{many} <span className="muted">{percent(share)}</span></td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
