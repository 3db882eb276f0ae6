import { useState } from "react"
import type { Message } from "../../client/language"
import { Switcher, type Switching } from "./Switcher"

interface AskedProps {
  message: Message
  switcher: Switching
  isBusy: boolean
  onEdit: (content: string) => void
}

/** What the person said; said otherwise, it is answered anew, and what was before stays one step away. */
export function Asked({ message, switcher, isBusy, onEdit }: AskedProps) {
  const [draft, setDraft] = useState<string | null>(null)
  if (draft === null)
    return (
      <li className="asked">
        <p>{message.content}</p>
        <div className="row turn-foot">
          <Switcher {...switcher} />
          <button type="button" className="button quiet" disabled={isBusy} onClick={() => { setDraft(message.content) }}>Edit</button>
        </div>
      </li>
    )
  const send = () => {
    if (draft.trim() !== "") onEdit(draft.trim())
    setDraft(null)
  }
  return (
    <li className="asked">
      <form onSubmit={(event) => { event.preventDefault(); send() }}>
        <textarea
          className="input" aria-label="Your message" autoFocus rows={3} value={draft} onChange={({ target }) => { setDraft(target.value) }}
          onKeyDown={(event) => {
            if (event.key === "Escape") setDraft(null)
            if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) { event.preventDefault(); send() }
          }}
        />
        <div className="row turn-foot">
          <button type="button" className="button quiet" onClick={() => { setDraft(null) }}>Leave it</button>
          <button type="submit" className="button primary" disabled={draft.trim() === ""}>Ask this</button>
        </div>
      </form>
    </li>
  )
}
