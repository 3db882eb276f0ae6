import { useState } from "react"
import { problemOf } from "../../client/problem"
import { Dialog } from "../../ui/Dialog"
import { ago } from "../../ui/format"
import { Cross } from "../../ui/icons"
import { Problem } from "../../ui/Problem"
import { useConversations, type Talk } from "./useTalk"

interface EarlierProps {
  current: string | undefined
  talk: Talk
  onOpen: (id: string | undefined) => void
}

/** Conversations from before, to go on with or to delete. */
export function Earlier({ current, talk, onOpen }: EarlierProps) {
  const [isOpen, setOpen] = useState(false)
  const [now, setNow] = useState(0)
  const conversations = useConversations()
  const all = conversations.data ?? []
  return (
    <>
      <button type="button" className="button" disabled={all.length === 0} onClick={() => { setNow(Date.now()); setOpen(true) }}>Earlier</button>
      <Dialog title="Earlier conversations" isOpen={isOpen} onClose={() => { setOpen(false) }}>
        {talk.remove.error && <Problem problem={problemOf(talk.remove.error)} />}
        <ul className="earlier">
          {all.map(({ id, name, model, updated_at }) => (
            <li key={id} className="row">
              <button type="button" className="button quiet grow" aria-current={id === current} onClick={() => { setOpen(false); onOpen(id) }}>
                <span>{name || "Not named yet"}</span> <span className="muted small">{model} · {ago(updated_at, now)}</span>
              </button>
              <button
                type="button" className="button quiet icon" aria-label={`Delete ${name}`}
                onClick={() => { talk.remove.mutate(id, { onSuccess: () => { if (id === current) onOpen(undefined) } }) }}
              >
                <Cross />
              </button>
            </li>
          ))}
        </ul>
      </Dialog>
    </>
  )
}
