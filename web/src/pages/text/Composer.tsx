import { Segmented } from "../../ui/Segmented"
import { useKept } from "../../ui/storage"

const LENGTHS = [{ value: "short", label: "Short" }, { value: "medium", label: "Medium" }, { value: "long", label: "Long" }] as const
type Length = (typeof LENGTHS)[number]["value"]

interface ComposerProps {
  /** Under which name what is typed outlives a reload. */
  draft: string
  isBusy: boolean
  length: Length
  onLength: (length: Length) => void
  onSay: (content: string) => void
  onStop: (() => void) | undefined
}

/** Where one writes: Enter sends, Shift and Enter begins a line. */
export function Composer({ draft, isBusy, length, onLength, onSay, onStop }: ComposerProps) {
  const [text, setText] = useKept(sessionStorage, `text.draft.${draft}`, "")
  const send = () => {
    if (isBusy || text.trim() === "") return
    onSay(text.trim())
    setText("")
  }
  return (
    <form className="composer" onSubmit={(event) => { event.preventDefault(); send() }}>
      <textarea
        rows={1} aria-label="Message" placeholder="Write a message" value={text} onChange={({ target }) => { setText(target.value) }}
        onKeyDown={(event) => { if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) { event.preventDefault(); send() } }}
      />
      <div className="row">
        <Segmented label="Length" value={length} options={LENGTHS} onChange={onLength} />
        <span className="grow" />
        {onStop
          ? <button type="button" className="button" onClick={onStop}>Stop</button>
          : <button type="submit" className="button primary" disabled={isBusy || text.trim() === ""}>Send</button>}
      </div>
    </form>
  )
}
