import type { AxisView } from "../../client/language"
import { problemOf } from "../../client/problem"
import { Dialog } from "../../ui/Dialog"
import { Problem } from "../../ui/Problem"
import { useAxisActs } from "./useAxis"

interface DeleteAxisProps {
  name: string
  poles: AxisView["poles"] | undefined
  /** Nothing of it was saved yet. */
  isDraft: boolean
  onClose: () => void
  onDeleted: () => void
}

/** Asks before an axis is gone: it has no way back. */
export function DeleteAxis({ name, poles, isDraft, onClose, onDeleted }: DeleteAxisProps) {
  const { remove } = useAxisActs()
  const go = () => {
    if (isDraft) onDeleted()
    else remove.mutate(name, { onSuccess: onDeleted })
  }
  return (
    <Dialog title={isDraft ? "Delete this draft?" : "Delete this axis?"} isOpen onClose={onClose}>
      <p><strong>{poles ? `${poles.negative} ↔ ${poles.positive}` : name}</strong> <span className="mono muted">{name}</span></p>
      <p className="soft">
        {isDraft ? "Its pairs are in this browser alone, and are gone for good." : "Its pairs and its vectors, for every model, are gone for good. Answers that were steered by it stay as they are."}
      </p>
      {remove.error && <Problem problem={problemOf(remove.error)} onRetry={go} />}
      <div className="row wrap end">
        <button type="button" className="button" onClick={onClose}>Keep it</button>
        <button type="button" className="button primary" disabled={remove.isPending} onClick={go}>Delete for good</button>
      </div>
    </Dialog>
  )
}
