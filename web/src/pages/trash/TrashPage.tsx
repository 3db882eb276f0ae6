import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { problemOf } from "../../client/problem"
import type { Deletion } from "../../client/types"
import { Dialog } from "../../ui/Dialog"
import { EmptyState } from "../../ui/EmptyState"
import { count } from "../../ui/format"
import { Problem } from "../../ui/Problem"
import { useTrash, useTrashActs } from "./useTrash"
import { left, size } from "./words"
import "./trash.css"

/** What was deleted and can still be restored. */
export function TrashPage() {
  const trash = useTrash()
  const { restore, empty } = useTrashActs()
  const [isAsking, setAsking] = useState(false)
  const [now] = useState(Date.now)
  const items = trash.data ?? []
  const fault = restore.error ?? empty.error ?? trash.error
  return (
    <div className="page">
      <div className="page-head">
        <h1>Trash</h1>
        <span className="grow" />
        {items.length > 0 && <button type="button" className="button" onClick={() => { setAsking(true) }}>Empty the trash</button>}
      </div>
      {fault && <Problem problem={problemOf(fault)} onRetry={() => void trash.refetch()} />}
      {trash.isSuccess && items.length === 0 && (
        <EmptyState title="The trash is empty" action={<Link to="/images" className="button">All sessions</Link>}>
          A session that you delete stays here for 7 days.
        </EmptyState>
      )}
      <ul className="trash">
        {items.map((item) => (
          <li key={item.session_id}>
            <span className="words">
              <strong>{item.name}</strong>
              <span className="small muted">
                {count(item.rounds, "round")} · {count(item.pictures, "picture")}, {size(item.bytes)} · {left(item.final_at, now)}
              </span>
            </span>
            <button type="button" className="button" disabled={restore.isPending} onClick={() => { restore.mutate(item.session_id) }}>
              Restore
            </button>
          </li>
        ))}
      </ul>
      <EmptyDialog
        items={items} isOpen={isAsking} onClose={() => { setAsking(false) }}
        onEmpty={() => { setAsking(false); empty.mutate() }}
      />
    </div>
  )
}

interface EmptyDialogProps {
  items: Deletion[]
  isOpen: boolean
  onClose: () => void
  onEmpty: () => void
}

function EmptyDialog({ items, isOpen, onClose, onEmpty }: EmptyDialogProps) {
  const bytes = items.reduce((sum, item) => sum + item.bytes, 0)
  return (
    <Dialog title="Empty the trash?" isOpen={isOpen} onClose={onClose}>
      <p>{count(items.length, "session")} ({size(bytes)}) go for good. Nobody can restore them then.</p>
      <div className="row wrap end">
        <button type="button" className="button" onClick={onClose}>Keep them</button>
        <button type="button" className="button primary" onClick={onEmpty}>Empty the trash</button>
      </div>
    </Dialog>
  )
}
