import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { percent } from "../../../ui/format"
import { Cross } from "../../../ui/icons"
import type { Facts, Neighbour, Reach } from "./facts"
import { Samples } from "./Samples"
import { Tile } from "./sprite"

interface PointCardProps {
  run: string
  facts: Facts
  neighbours: readonly Neighbour[]
  /** None where edges aren't gated. */
  reach: Reach | null
  nameOf: (row: number) => string
  /** The epoch that the network can be asked about: that of the map, or the last checkpoint before it. */
  checkpoint: number | undefined
  onPick: (row: number | null) => void
  onHover: (row: number | null) => void
  /** What else can be done from here. */
  children?: ReactNode
}

/** The point that was picked: its picture, what is known of it, its neighbours, and where to go from it. */
export function PointCard({ run, facts, neighbours, reach, nameOf, checkpoint, onPick, onHover, children }: PointCardProps) {
  const { row, picture, label, component, confidence, lost, k, ratio } = facts
  return (
    <section className="card atlas-card" aria-label="The point you picked">
      <header className="row">
        <Tile row={row} size={72} alt={nameOf(row)} />
        <div className="grow">
          <h2>{label ?? "Picture"} <span className="mono muted">#{picture}</span></h2>
          {component !== null && <p className="soft small">component {component}{confidence !== null && ` · ${percent(confidence)} sure`}</p>}
        </div>
        <button type="button" className="button quiet icon" aria-label="Leave this point" onClick={() => { onPick(null) }}><Cross /></button>
      </header>
      <p className="small">{lost === 0 ? `All of its ${String(k)} neighbours are near on this map, too.` : `${String(lost)} of its ${String(k)} neighbours are not among the ${String(k)} nearest on this map.`}
        {ratio !== null && ` A latent length of 1 is drawn ${ratio.toFixed(2)} long here.`}</p>
      {reach && <p className="small" data-reach={reach.radius}>It reaches {reach.radius.toFixed(2)} on this map: {reach.extent.toFixed(2)} × the latent {reach.dK.toFixed(2)} to its neighbour number {k}.</p>}
      {neighbours.length > 0 && (
        <ol className="atlas-neighbours" aria-label="Nearest in latent space">
          {neighbours.map(({ row: to, away, clear }) => (
            <li key={to}>
              <button
                type="button" aria-label={`${nameOf(to)}, ${away.toFixed(2)} away, line ${percent(clear)} clear`} title={`${nameOf(to)}, ${away.toFixed(2)} away, line ${percent(clear)} clear`}
                onClick={() => { onPick(to) }} onPointerEnter={() => { onHover(to) }} onPointerLeave={() => { onHover(null) }}
              >
                <Tile row={to} size={34} alt="" /><small>{away.toFixed(2)}</small>
              </button>
            </li>
          ))}
        </ol>
      )}
      {checkpoint !== undefined && (
        <>
          <Link className="button" to="/latents/runs/$runId/network" params={{ runId: run }} search={{ picture, epoch: checkpoint }}>Follow it through the network</Link>
          {component !== null && <Samples key={`${String(row)} ${String(checkpoint)}`} run={run} epoch={checkpoint} picture={picture} component={component} />}
        </>
      )}
      {children}
    </section>
  )
}
