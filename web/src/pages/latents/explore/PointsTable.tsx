import { useState } from "react"
import { count, percent } from "../../../ui/format"
import { Pager, rowsOfPage } from "../shared/Pager"
import { factsOf } from "./facts"
import type { MapConfig } from "./files"
import type { Bundle } from "./useBundle"

interface PointsTableProps {
  config: MapConfig
  bundle: Bundle
  rows: readonly number[]
  pinned: number | null
  onPick: (row: number) => void
}

/** The points as numbers, a page at a time; a press on one picks it. */
export function PointsTable({ config, bundle, rows, pinned, onPick }: PointsTableProps) {
  const [isOpen, setOpen] = useState(false)
  const [wanted, setPage] = useState(0)
  const { page, from, to } = rowsOfPage(wanted, rows.length)
  const axes = ["x", "y", "z"].slice(0, bundle.dims)
  return (
    <details className="as-table" onToggle={(event) => { setOpen(event.currentTarget.open) }}>
      <summary>{count(rows.length, "point")} as a table</summary>
      {isOpen && (
        <>
          <div className="scroll" tabIndex={0} role="region" aria-label="Points, as a table">
            <table>
              <thead><tr>{["picture", "label", "component", "sure", "neighbours lost", ...axes].map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
              <tbody>
                {rows.slice(from, to).map((row) => {
                  const { picture, label, component, confidence, lost, k } = factsOf(row, config, bundle)
                  return (
                    <tr key={row} data-here={row === pinned}>
                      <th scope="row"><button type="button" className="button quiet" onClick={() => { onPick(row) }}>{picture}</button></th>
                      <td>{label ?? "–"}</td><td>{component ?? "–"}</td><td>{confidence === null ? "–" : percent(confidence)}</td><td>{lost} of {k}</td>
                      {axes.map((axis, d) => <td key={axis}>{bundle.map.data.points[row]?.[d]?.toFixed(2)}</td>)}
                    </tr>
                  )
                })}
              </tbody>
            </table>
          </div>
          <Pager page={page} count={rows.length} onPage={setPage} />
        </>
      )}
    </details>
  )
}
