import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { AssignDialog } from "../experiments/AssignDialog"
import { RunDialog } from "../experiments/RunDialog"
import { SettingsFile } from "../SettingsFile"
import { DeleteDialog } from "../trash/DeleteDialog"
import { count } from "../../ui/format"
import { Thumb } from "../../ui/Thumb"
import type { Chosen } from "./useChosen"

const SHOWN = 6

/** What can be done with the sessions that are ticked. */
export function ChosenBar({ chosen }: { chosen: Chosen }) {
  const [asked, setAsked] = useState<"assign" | "delete" | "run" | null>(null)
  const { sessions, clear } = chosen
  const [first] = sessions
  const close = () => { setAsked(null) }
  if (first === undefined) return null
  const only = sessions.length === 1 ? first : undefined
  return (
    <section className="chosen-bar" aria-label="Chosen sessions">
      <div className="chosen-pictures" aria-hidden="true">
        {sessions.slice(0, SHOWN).map(({ id, artifact }) => <Thumb key={id} artifact={artifact} alt="" />)}
      </div>
      <strong>{count(sessions.length, "session")} chosen</strong>
      <span className="grow" />
      {sessions.length > 1
        ? <Link to="/compare" search={{ sessions: sessions.map(({ id }) => id).join(",") }} className="button primary">Compare</Link>
        : <span className="small muted">Choose another to compare</span>}
      <button type="button" className="button" onClick={() => { setAsked("assign") }}>Put into an experiment</button>
      {only && <button type="button" className="button" onClick={() => { setAsked("run") }}>Run the same with…</button>}
      {only && <SettingsFile source={only.id} name={only.name} />}
      {only && <button type="button" className="button" onClick={() => { setAsked("delete") }}>Delete</button>}
      <button type="button" className="button quiet" onClick={clear}>Clear</button>
      <AssignDialog sessions={sessions} isOpen={asked === "assign"} onClose={close} />
      {only && asked === "run" && <RunDialog source={only.id} experimentId={null} onClose={close} />}
      {only && <DeleteDialog sessionId={only.id} isOpen={asked === "delete"} onClose={close} onDeleted={() => { close(); clear() }} />}
    </section>
  )
}
