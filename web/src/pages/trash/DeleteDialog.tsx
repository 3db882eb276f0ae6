import { problemOf } from "../../client/problem"
import { Dialog } from "../../ui/Dialog"
import { Problem } from "../../ui/Problem"
import { useDeletion, useTrashActs } from "./useTrash"
import { consequences } from "./words"
import "./trash.css"

interface DeleteDialogProps {
  sessionId: string
  isOpen: boolean
  onClose: () => void
  onDeleted: () => void
}

/** What deleting a session takes, before it does; for a week it can be taken back. */
export function DeleteDialog({ sessionId, isOpen, onClose, onDeleted }: DeleteDialogProps) {
  const told = useDeletion(sessionId, isOpen)
  const { remove } = useTrashActs()
  const fault = remove.error ?? told.error
  const again = () => { if (told.isError) void told.refetch(); else remove.mutate(sessionId, { onSuccess: onDeleted }) }
  return (
    <Dialog title="Delete this session?" isOpen={isOpen} onClose={onClose}>
      {told.data && (
        <>
          <p><strong>{told.data.name}</strong></p>
          <ul className="consequences">
            {consequences(told.data).map((sentence) => <li key={sentence}>{sentence}</li>)}
          </ul>
          <p className="soft">It stays in the trash for 7 days and can be restored, whole. Then it is gone for good.</p>
        </>
      )}
      {told.isPending && <p className="soft" role="status">Looking what would go…</p>}
      {fault && <Problem problem={problemOf(fault)} onRetry={again} />}
      <div className="row wrap end">
        <button type="button" className="button" onClick={onClose}>Keep it</button>
        <button
          type="button" className="button primary" disabled={!told.data || remove.isPending}
          onClick={() => { remove.mutate(sessionId, { onSuccess: onDeleted }) }}
        >
          {remove.isPending ? "Deleting…" : "Move to the trash"}
        </button>
      </div>
    </Dialog>
  )
}
