import { useState } from "react"
import { problemOf } from "../../client/problem"
import type { ChosenSession } from "../images/useChosen"
import { Dialog } from "../../ui/Dialog"
import { count } from "../../ui/format"
import { Problem } from "../../ui/Problem"
import "./experiments.css"
import { useExperimentActs, useExperiments } from "./queries"

interface AssignDialogProps {
  sessions: readonly ChosenSession[]
  isOpen: boolean
  onClose: () => void
}

/** Which experiment the sessions belong to: one that is there, a new one, or none. */
export function AssignDialog({ sessions, isOpen, onClose }: AssignDialogProps) {
  const experiments = useExperiments()
  const { assign, create } = useExperimentActs()
  const [name, setName] = useState("")
  const put = (to: string | null) => { assign.mutate({ ids: sessions.map(({ id }) => id), to }, { onSuccess: onClose }) }
  const begin = () => { create.mutate({ name: name.trim(), description: "", config: {} }, { onSuccess: ({ id }) => { setName(""); put(id) } }) }
  const fault = create.error ?? assign.error
  const isBusy = create.isPending || assign.isPending
  return (
    <Dialog title={`Put ${count(sessions.length, "session")} into an experiment`} isOpen={isOpen} onClose={onClose}>
      <div className="column">
        {experiments.length > 0 && (
          <ul className="assign">
            {experiments.map((one) => (
              <li key={one.id}>
                <button type="button" className="option" disabled={isBusy} onClick={() => { put(one.id) }}>
                  <strong>{one.name}</strong>
                  <span className="small muted">{count(one.sessions, "session")}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
        <form className="row wrap" onSubmit={(event) => { event.preventDefault(); begin() }}>
          <input className="input grow" value={name} maxLength={200} placeholder="A new experiment" aria-label="Name of a new experiment" onChange={(event) => { setName(event.target.value) }} />
          <button type="submit" className="button" disabled={name.trim() === "" || isBusy}>Create and put in</button>
        </form>
        <button type="button" className="button quiet" disabled={isBusy} onClick={() => { put(null) }}>Take out of any experiment</button>
        {fault && <Problem problem={problemOf(fault)} />}
      </div>
    </Dialog>
  )
}
