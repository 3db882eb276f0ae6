import { useState } from "react"
import type { Conversation } from "../../client/language"
import { problemOf } from "../../client/problem"
import { Dialog } from "../../ui/Dialog"
import { ago } from "../../ui/format"
import { Cross } from "../../ui/icons"
import { Problem } from "../../ui/Problem"
import { useConversations, type Talk } from "./useTalk"

interface EarlierProps {
  current: string | undefined
  remove: Talk["remove"]
  onOpen: (id: string | undefined) => void
}

const nameOf = ({ name }: Pick<Conversation, "name">) => name || "Not named yet"

/** Conversations from before, to go on with or to delete. */
export function Earlier({ current, remove, onOpen }: EarlierProps) {
  const [isOpen, setOpen] = useState(false)
  const [now, setNow] = useState(0)
  const [asked, setAsked] = useState<Conversation | null>(null)
  const conversations = useConversations()
  const all = conversations.data ?? []
  return (
    <>
      <button type="button" className="button" disabled={all.length === 0} onClick={() => { setNow(Date.now()); setOpen(true) }}>Earlier</button>
      <Dialog title="Earlier conversations" isOpen={isOpen} onClose={() => { setOpen(false) }}>
        <ul className="earlier">
          {all.map((one) => (
            <li key={one.id} className="row">
              <button type="button" className="button quiet grow" aria-current={one.id === current} onClick={() => { setOpen(false); onOpen(one.id) }}>
                <span>{nameOf(one)}</span> <span className="muted small">{one.model} · {ago(one.updated_at, now)}</span>
              </button>
              <button type="button" className="button quiet icon" aria-label={`Delete ${nameOf(one)}`} onClick={() => { remove.reset(); setAsked(one) }}><Cross /></button>
            </li>
          ))}
        </ul>
        {asked && <Deleting asked={asked} remove={remove} onClose={() => { setAsked(null) }} onDeleted={() => { if (asked.id === current) onOpen(undefined) }} />}
      </Dialog>
    </>
  )
}

interface DeletingProps {
  asked: Conversation
  remove: Talk["remove"]
  onClose: () => void
  onDeleted: () => void
}

/** Asks before a conversation is gone: it has no way back. */
function Deleting({ asked, remove, onClose, onDeleted }: DeletingProps) {
  return (
    <Dialog title="Delete this conversation?" isOpen onClose={onClose}>
      <p className="asked-name"><strong>{nameOf(asked)}</strong></p>
      <p className="soft">All that was said in it is gone at once, and for good. Your profiles keep what they learned.</p>
      {remove.error && <Problem problem={problemOf(remove.error)} />}
      <div className="row wrap end">
        <button type="button" className="button" onClick={onClose}>Keep it</button>
        <button
          type="button" className="button primary" disabled={remove.isPending}
          onClick={() => { remove.mutate(asked.id, { onSuccess: () => { onClose(); onDeleted() } }) }}
        >
          Delete for good
        </button>
      </div>
    </Dialog>
  )
}
