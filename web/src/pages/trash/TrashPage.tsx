import { Link } from "@tanstack/react-router"
import { useState, type ReactNode } from "react"
import { problemOf } from "../../client/problem"
import { Dialog } from "../../ui/Dialog"
import { EmptyState } from "../../ui/EmptyState"
import { count } from "../../ui/format"
import { Problem } from "../../ui/Problem"
import { useTrash, useTrashActs } from "./useTrash"
import { emptied, left, size } from "./words"
import "./trash.css"

/** What was deleted and can still be restored. */
export function TrashPage() {
  const trash = useTrash()
  const { restore, restoreExperiment, empty } = useTrashActs()
  const [isAsking, setAsking] = useState(false)
  const [now] = useState(Date.now)
  const { sessions = [], experiments = [] } = trash.data ?? {}
  const isEmpty = sessions.length + experiments.length === 0
  const fault = restore.error ?? restoreExperiment.error ?? empty.error ?? trash.error
  return (
    <div className="page">
      <div className="page-head">
        <h1>Trash</h1>
        <span className="grow" />
        {!isEmpty && <button type="button" className="button" onClick={() => { setAsking(true) }}>Empty the trash</button>}
      </div>
      {fault && <Problem problem={problemOf(fault)} onRetry={() => void trash.refetch()} />}
      {trash.isSuccess && isEmpty && (
        <EmptyState title="The trash is empty" action={<Link to="/images" className="button">All sessions</Link>}>
          A session or an experiment that you delete stays here for 7 days.
        </EmptyState>
      )}
      <ul className="trash">
        {experiments.map((one) => (
          <Row key={one.experiment_id} name={one.name} isBusy={restoreExperiment.isPending} onRestore={() => { restoreExperiment.mutate(one.experiment_id) }}>
            experiment{one.sessions.length > 0 && `, with ${count(one.sessions.length, "session")}`} · {left(one.final_at, now)}
          </Row>
        ))}
        {sessions.map((one) => (
          <Row key={one.session_id} name={one.name} isBusy={restore.isPending} onRestore={() => { restore.mutate(one.session_id) }}>
            {count(one.rounds, "round")} · {count(one.pictures, "picture")}, {size(one.bytes)} · {left(one.final_at, now)}
          </Row>
        ))}
      </ul>
      <Dialog title="Empty the trash?" isOpen={isAsking} onClose={() => { setAsking(false) }}>
        <p>{emptied(sessions, experiments)}</p>
        <div className="row wrap end">
          <button type="button" className="button" onClick={() => { setAsking(false) }}>Keep</button>
          <button type="button" className="button primary" onClick={() => { setAsking(false); empty.mutate() }}>Empty the trash</button>
        </div>
      </Dialog>
    </div>
  )
}

interface RowProps {
  name: string
  isBusy: boolean
  onRestore: () => void
  children: ReactNode
}

function Row({ name, isBusy, onRestore, children }: RowProps) {
  return (
    <li>
      <span className="words">
        <strong>{name}</strong>
        <span className="small muted">{children}</span>
      </span>
      <button type="button" className="button" disabled={isBusy} onClick={onRestore}>Restore</button>
    </li>
  )
}
