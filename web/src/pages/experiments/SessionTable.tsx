import { Link } from "@tanstack/react-router"
import { useState } from "react"
import type { ComparedSession } from "../../client/types"
import { ago } from "../../ui/format"
import { Cross } from "../../ui/icons"
import { Thumb } from "../../ui/Thumb"
import { useChosen } from "../images/useChosen"
import { differencesOf } from "./differences"
import { FIGURES, NOT_KNOWN } from "./figures"
import { useExperimentActs } from "./queries"
import { RunDialog } from "./RunDialog"

const SHOWN = ["Rounds", "Answers", "Still to gain", "How close it came"]
const ROWS = FIGURES.filter(({ name }) => SHOWN.includes(name))

/** An experiment's sessions: their pictures, what is special in each, and what they came to. */
export function SessionTable({ sessions, experimentId }: { sessions: ComparedSession[]; experimentId: string }) {
  const chosen = useChosen(experimentId)
  const [again, setAgain] = useState<ComparedSession | null>(null)
  const ids = chosen.sessions.map(({ id }) => id).filter((id) => sessions.some((one) => one.id === id))
  const compared = ids.length > 1 ? ids : sessions.map(({ id }) => id)
  const { differ } = differencesOf(sessions.map(({ config }) => config))
  return (
    <>
      <div className="members" tabIndex={0} role="region" aria-label="Sessions of the experiment">
        <table>
          <thead>
            <tr>
              <td />
              <th scope="col" colSpan={2}>Session</th>
              <th scope="col">What is special in it</th>
              {ROWS.map(({ name, means }) => <th key={name} scope="col" title={means} className="number">{name}</th>)}
              <td />
            </tr>
          </thead>
          <tbody>
            {sessions.map((session, index) => (
              <tr key={session.id}>
                <td><input type="checkbox" aria-label={`Choose “${session.name}”`} checked={ids.includes(session.id)} onChange={() => { chosen.toggle(session) }} /></td>
                <td className="seen"><Thumb artifact={session.artifact} alt="" model={session.model} /></td>
                <Named session={session} />
                <td><Special of={differ.map(({ name, cells }) => [name, cells[index] ?? ""] as const)} /></td>
                {ROWS.map(({ name, of }) => {
                  const { value, rests } = of(session.figures)
                  return <td key={name} className={value === NOT_KNOWN ? "number muted" : "number"} title={rests}>{value}</td>
                })}
                <td><Acts session={session} onAgain={() => { setAgain(session) }} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {sessions.length > 1 && (
        <Link to="/compare" search={{ sessions: compared.join(",") }} className="button primary">
          {compared === ids ? `Compare the ${String(ids.length)} chosen` : `Compare all ${String(sessions.length)}`}
        </Link>
      )}
      {again && <RunDialog source={again.config} experimentId={experimentId} onClose={() => { setAgain(null) }} />}
    </>
  )
}

function Named({ session }: { session: ComparedSession }) {
  const [now] = useState(Date.now)
  return (
    <th scope="row">
      <Link to="/sessions/$sessionId" params={{ sessionId: session.id }}>{session.name}</Link>
      <small>{session.state === "completed" ? "finished" : session.state === "paused" ? "paused" : "going on"} · {ago(session.updated_at, now)}</small>
    </th>
  )
}

function Special({ of }: { of: (readonly [name: string, cell: string])[] }) {
  if (of.length === 0) return <span className="muted">nothing: all settings are the same</span>
  return <span className="special">{of.map(([name, cell]) => <span key={name} title={name}><span className="muted">{name.split(".").at(-1) === "kind" ? name.split(".")[0] : name}</span> {cell || "–"}</span>)}</span>
}

function Acts({ session, onAgain }: { session: ComparedSession; onAgain: () => void }) {
  const { assign } = useExperimentActs()
  return (
    <span className="row">
      <button type="button" className="button" onClick={onAgain} aria-label={`The same with… (as “${session.name}”)`}>The same with…</button>
      <button type="button" className="button quiet icon" disabled={assign.isPending} aria-label={`Take “${session.name}” out of the experiment`} title="Take it out of the experiment; the session stays" onClick={() => { assign.mutate({ ids: [session.id], to: null }) }}><Cross size={15} /></button>
    </span>
  )
}
