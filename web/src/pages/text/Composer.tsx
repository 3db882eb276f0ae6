import { Segmented } from "../../ui/Segmented"
import { Advanced } from "./Advanced"
import type { Settings } from "./useSettings"

const LENGTHS = [{ value: "short", label: "Short" }, { value: "medium", label: "Medium" }, { value: "long", label: "Long" }] as const

interface ComposerProps {
  /** What is typed; it stays until it was heard. */
  text: string
  onText: (text: string) => void
  /** Whether all that an answer is made by is known. */
  isReady: boolean
  isBusy: boolean
  settings: Settings
  onSay: (content: string) => void
  onStop: (() => void) | undefined
}

/** Where one writes: Enter sends, Shift and Enter begins a line. */
export function Composer({ text, onText, isReady, isBusy, settings, onSay, onStop }: ComposerProps) {
  const send = () => { if (!isBusy && text.trim() !== "") onSay(text.trim()) }
  return (
    <form className="composer" onSubmit={(event) => { event.preventDefault(); send() }}>
      <textarea
        rows={1} aria-label="Message" placeholder="Write a message" value={text} onChange={({ target }) => { onText(target.value) }}
        onKeyDown={(event) => { if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) { event.preventDefault(); send() } }}
      />
      <div className="row">
        <Segmented label="Length" value={settings.length} options={LENGTHS} onChange={settings.setLength} />
        <span className="grow" />
        {onStop
          ? <button type="button" className="button" onClick={onStop}>Stop</button>
          : <button type="submit" className="button primary" disabled={isBusy || text.trim() === ""}>{isReady ? "Send" : "Loading…"}</button>}
      </div>
      <Advanced settings={settings} />
    </form>
  )
}
