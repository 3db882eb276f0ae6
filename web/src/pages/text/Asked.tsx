import { useEffect, useRef, useState } from "react"
import type { Message } from "../../client/language"
import { Switcher, type Switching } from "./Switcher"

interface AskedProps {
  message: Message
  switcher: Switching
  isBusy: boolean
  onTyping: () => void
  /** Ask this instead; `onHeard` is called once it is stored, and until then what was written stays. */
  onEdit: (content: string, onHeard: () => void) => void
}

/** What the person said; said otherwise, it is answered anew, and what was before stays one step away. */
export function Asked({ message, switcher, isBusy, onTyping, onEdit }: AskedProps) {
  const [draft, setDraft] = useState<string | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const edit = useRef<HTMLButtonElement>(null)
  const hadFocus = useRef(false)
  const isOpen = draft !== null
  useEffect(() => {
    if (!isOpen && hadFocus.current) edit.current?.focus()
    hadFocus.current = false
  }, [isOpen])
  const close = () => {
    hadFocus.current = form.current?.contains(document.activeElement) ?? false
    setDraft(null)
  }
  if (draft === null)
    return (
      <li className="asked">
        <p>{message.content}</p>
        <div className="row turn-foot">
          <Switcher {...switcher} />
          <button ref={edit} type="button" className="button quiet" aria-disabled={isBusy} onClick={() => { if (!isBusy) setDraft(message.content) }}>Edit</button>
        </div>
      </li>
    )
  const send = () => { if (draft.trim() !== "") onEdit(draft.trim(), close) }
  return (
    <li className="asked">
      <form ref={form} onSubmit={(event) => { event.preventDefault(); send() }}>
        <textarea
          className="input" aria-label="Your message" autoFocus rows={3} value={draft} onChange={({ target }) => { setDraft(target.value); onTyping() }}
          onKeyDown={(event) => {
            if (event.key === "Escape") close()
            if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) { event.preventDefault(); send() }
          }}
        />
        <div className="row turn-foot">
          <button type="button" className="button quiet" onClick={close}>Leave it</button>
          <button type="submit" className="button primary" aria-disabled={isBusy || draft.trim() === ""}>Ask this</button>
        </div>
      </form>
    </li>
  )
}
