import { useState } from "react"
import { problemOf } from "../../client/problem"
import { Dialog } from "../../ui/Dialog"
import { Problem } from "../../ui/Problem"
import { textOf, type Draft } from "./draft"
import { useAxisActs } from "./useAxis"

interface SaveBarProps {
  draft: Draft
  /** Nothing of it is kept yet. */
  isNew: boolean
  isChecked: boolean
  /** Why it can't be saved yet; empty if it can. */
  why: string
  /** The draft is not needed any more. */
  onDone: () => void
  onSaved: () => void
}

/** Says what is not saved yet, and saves it. */
export function SaveBar({ draft, isNew, isChecked, why, onDone, onSaved }: SaveBarProps) {
  const { put } = useAxisActs()
  const [isAsked, setAsked] = useState(false)
  const save = () => { put.mutate(textOf(draft), { onSuccess: () => { onDone(); onSaved() } }) }
  return (
    <div className="lx-save" role="region" aria-label="Changes">
      {put.error && <Problem problem={problemOf(put.error)} onRetry={save} />}
      <div className="row wrap">
        <span className="grow small soft">{why || (isNew ? "Not saved yet; this browser keeps your draft." : "Unsaved changes; this browser keeps them.")}</span>
        {!isNew && <button type="button" className="button" onClick={() => { setAsked(true) }}>Undo all</button>}
        <button type="button" className="button primary" disabled={why !== "" || !isChecked || put.isPending} onClick={save}>{put.isPending ? "Saving…" : "Save"}</button>
      </div>
      {isAsked && (
        <Dialog title="Undo all changes?" isOpen onClose={() => { setAsked(false) }}>
          <p className="soft">The axis is shown as it was last saved; what you changed since is gone.</p>
          <div className="row wrap end">
            <button type="button" className="button" onClick={() => { setAsked(false) }}>Keep them</button>
            <button type="button" className="button primary" onClick={onDone}>Undo all</button>
          </div>
        </Dialog>
      )}
    </div>
  )
}
