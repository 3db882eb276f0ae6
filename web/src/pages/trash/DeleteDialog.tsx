import { Deleting } from "./Deleting"
import { useDeletion, useTrashActs } from "./useTrash"
import { consequences } from "./words"

interface DeleteDialogProps {
  sessionId: string
  isOpen: boolean
  onClose: () => void
  onDeleted: () => void
}

/** Asks before a session goes into the trash. */
export function DeleteDialog({ sessionId, isOpen, onClose, onDeleted }: DeleteDialogProps) {
  const told = useDeletion(sessionId, isOpen)
  const { remove } = useTrashActs()
  return (
    <Deleting
      title="Delete this session?" isOpen={isOpen} told={told} words={consequences} removing={remove} onClose={onClose}
      onRemove={() => { remove.mutate(sessionId, { onSuccess: onDeleted }) }}
    />
  )
}
