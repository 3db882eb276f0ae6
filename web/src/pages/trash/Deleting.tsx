import type { UseQueryResult } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { problemOf } from "../../client/problem"
import { Dialog } from "../../ui/Dialog"
import { Problem } from "../../ui/Problem"
import "./trash.css"

interface DeletingProps<T> {
  title: string
  isOpen: boolean
  /** What would go. */
  told: UseQueryResult<T>
  words: (told: T) => string[]
  removing: { error: unknown; isPending: boolean }
  onRemove: () => void
  onClose: () => void
  children?: ReactNode
}

/** What a deletion takes, before it does; for a week it can be taken back. */
export function Deleting<T extends { name: string }>({ title, isOpen, told, words, removing, onRemove, onClose, children }: DeletingProps<T>) {
  const fault = removing.error ?? told.error
  const again = () => { if (told.isError) void told.refetch(); else onRemove() }
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose}>
      {told.data && (
        <div className="column">
          <p><strong>{told.data.name}</strong></p>
          {children}
          <ul className="consequences">
            {words(told.data).map((sentence) => <li key={sentence}>{sentence}</li>)}
          </ul>
          <p className="soft">It stays in the trash for 7 days and can be restored, whole. Then it is gone for good.</p>
        </div>
      )}
      {told.isPending && <p className="soft" role="status">Looking what would go…</p>}
      {fault && <Problem problem={problemOf(fault)} onRetry={again} />}
      <div className="row wrap end">
        <button type="button" className="button" onClick={onClose}>Keep it</button>
        <button type="button" className="button primary" disabled={!told.data || told.isPlaceholderData || removing.isPending} onClick={onRemove}>
          {removing.isPending ? "Deleting…" : "Move to the trash"}
        </button>
      </div>
    </Dialog>
  )
}
