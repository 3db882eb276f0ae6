import { Link } from "@tanstack/react-router"
import { useLatentSessions, type SessionMap } from "../../../client/latentSteering"
import { problemOf } from "../../../client/problem"
import { Problem } from "../../../ui/Problem"

interface SessionControlsProps {
  run: string
  session: string | null
  /** Where its candidates lie. */
  map: SessionMap | undefined
  error: unknown
  epoch: number
  onSession: (session: string | null) => void
  onEpoch: (epoch: number) => void
}

/** Sessions that steer in this space: their candidates on the map. Nothing where there is none. */
export function SessionControls({ run, session, map, error, epoch, onSession, onEpoch }: SessionControlsProps) {
  const sessions = useLatentSessions(run).data ?? []
  if (sessions.length === 0) return null
  return (
    <section className="atlas-controls" aria-label="Sessions">
      <h2>Sessions</h2>
      <select className="input" aria-label="Session on the map" value={session ?? ""} onChange={(event) => { onSession(event.target.value || null) }}>
        <option value="">none on the map</option>
        {sessions.map(({ id, name, rounds }) => <option key={id} value={id}>{name}, round {rounds}</option>)}
      </select>
      {session !== null && <Link to="/sessions/$sessionId" params={{ sessionId: session }} className="button">Open this session</Link>}
      {error !== null && <Problem problem={problemOf(error)} />}
      {map && map.epoch !== epoch && (
        <p className="row wrap small soft">It steers in the space of epoch {map.epoch}.<button type="button" className="button" onClick={() => { onEpoch(map.epoch) }}>Show epoch {map.epoch}</button></p>
      )}
      {map?.epoch === epoch && <p className="note">Each mark is a candidate with the number of its round; the best so far is filled.</p>}
    </section>
  )
}
