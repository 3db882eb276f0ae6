import { Link } from "@tanstack/react-router"
import type { LatentRun } from "../../../client/latents"
import "./shared.css"
import { StateBadge } from "./StateBadge"
import { FIGURES, isOver, KINDS, metricOf, shortId } from "./words"

interface RunTableProps {
  runs: readonly LatentRun[]
  label: string
  when: (iso: string) => string
  /** Which are ticked; without it none can be. */
  chosen?: ReadonlySet<string>
  onChoose?: (id: string) => void
  /** What can be done with one, in its last cell. */
  acts?: (run: LatentRun) => React.ReactNode
}

/** Runs as rows: what they are, where they stand, and the figures of their last epoch. */
export function RunTable({ runs, label, when, chosen, onChoose, acts }: RunTableProps) {
  return (
    <div className="run-table" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {chosen && <td />}
            <th scope="col">Run</th><th scope="col">State</th><th scope="col" className="number">Epochs</th>
            {FIGURES.map(({ metric, name, means }) => <th key={metric} scope="col" className="number" title={means}>{name}</th>)}
            <th scope="col">Begun</th>
            {acts && <td />}
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id} data-chosen={chosen?.has(run.id)}>
              {chosen && <td className="run-tick"><input type="checkbox" aria-label={`Choose ${KINDS[run.kind] ?? run.kind} on ${run.data}, ${shortId(run.id)}`} checked={chosen.has(run.id)} onChange={() => onChoose?.(run.id)} /></td>}
              <th scope="row">
                <Link to="/latents/runs/$runId" params={{ runId: run.id }}>{KINDS[run.kind] ?? run.kind} on {run.data}</Link>
                <small className="mono">{shortId(run.id)}{run.parent_id && ` · cloned from ${shortId(run.parent_id)}`}</small>
              </th>
              <td><StateBadge state={run.state} />{run.error && <small className="run-why" title={String(run.error.message)}>{String(run.error.message)}</small>}</td>
              <td className="number">{run.epoch ?? 0} of {run.epochs}{!isOver(run.state) && <progress max={run.epochs} value={run.epoch ?? 0} aria-label="Epochs done" />}</td>
              {FIGURES.map(({ metric, inWords }) => {
                const value = metricOf(run, metric)
                return <td key={metric} className="number">{value === null ? <span className="muted">–</span> : inWords(value)}</td>
              })}
              <td className="when">{when(run.created_at)}</td>
              {acts && <td className="acts">{acts(run)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
