import { useEffect, useRef, useState } from "react"
import type { Message, ProfileView, Words } from "../../client/language"
import { Better, Worse } from "../../ui/icons"
import { useKept } from "../../ui/storage"
import { reacted, remarked, rewrote } from "./acts"
import { isStanding } from "./learned"
import type { Learning } from "./useLearning"

/** Which event of which profile a pressed thumb is. */
interface Given {
  reaction: "thumbs_up" | "thumbs_down"
  profile: string
  event: number
}

interface SignalsProps {
  message: Message
  /** What it answers, from the beginning. */
  asked: Words[]
  profile: ProfileView
  model: string
  learning: Learning
}

type Open = "remark" | "rewrite" | null

/** What one thinks of an answer: a thumb, a word on it, or how it should have been. */
export function Signals({ message, asked, profile, model, learning }: SignalsProps) {
  const [kept, setGiven] = useKept<Given | null>(sessionStorage, `text.thumb.${message.id}`, null)
  const [open, setOpen] = useState<Open>(null)
  const given = kept?.profile === profile.id && isStanding(profile.events, kept.event, "reaction") ? kept : null
  const press = (reaction: Given["reaction"]) => {
    if (learning.isPending) return
    if (given?.reaction === reaction) learning.takeBack([given.event], () => { setGiven(null) })
    else learning.hear(reacted(reaction, message.doses, given === null ? [] : [given.event]), (places) => { setGiven({ reaction, profile: profile.id, event: places.at(-1) ?? -1 }) })
  }
  const toggle = (what: Open) => { setOpen(open === what ? null : what) }
  return (
    <>
      <span className="row">
        {(["thumbs_up", "thumbs_down"] as const).map((reaction) => (
          <button
            key={reaction} type="button" className="button quiet icon" aria-label={reaction === "thumbs_up" ? "Good answer" : "Bad answer"}
            aria-pressed={given?.reaction === reaction} aria-disabled={learning.isPending} onClick={() => { press(reaction) }}
          >
            {reaction === "thumbs_up" ? <Better /> : <Worse />}
          </button>
        ))}
      </span>
      <button type="button" className="button quiet" aria-expanded={open === "remark"} title="Say what is off, such as “too stiff”" onClick={() => { toggle("remark") }}>Remark</button>
      <button type="button" className="button quiet" aria-expanded={open === "rewrite"} title="Write it as it should have been" onClick={() => { toggle("rewrite") }}>Rewrite</button>
      {open === "remark" && (
        <Saying
          label="What is off about it?" hint="A few words are enough: too stiff, more cheerful." rows={1} text="" button="Say it" isPending={learning.isPending}
          onClose={() => { setOpen(null) }} onSay={(text) => { learning.hear(remarked(text, message.doses), () => { setOpen(null) }) }}
        />
      )}
      {open === "rewrite" && (
        <Saying
          label="As it should have been" hint="The model reads both texts, and your profile learns from what you changed. The conversation keeps the answer as it was."
          rows={5} text={message.content} button="Learn from it" isPending={learning.isPending}
          onClose={() => { setOpen(null) }} onSay={(text) => { learning.hear(rewrote(text, message, asked, model), () => { setOpen(null) }) }}
        />
      )}
    </>
  )
}

interface SayingProps {
  label: string
  hint: string
  rows: number
  text: string
  button: string
  isPending: boolean
  onSay: (text: string) => void
  onClose: () => void
}

/** Something to write about an answer; it stays open until it was heard. */
function Saying({ label, hint, rows, text, button, isPending, onSay, onClose }: SayingProps) {
  const [draft, setDraft] = useState(text)
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => { form.current?.scrollIntoView({ block: "nearest" }) }, [])
  const canSay = draft.trim() !== "" && draft.trim() !== text.trim() && !isPending
  const say = () => { if (canSay) onSay(draft.trim()) }
  return (
    <form ref={form} className="signal-form" onSubmit={(event) => { event.preventDefault(); say() }}>
      <label className="field">
        <span className="label">{label}</span>
        <textarea
          className="input" autoFocus rows={rows} maxLength={4000} value={draft} onChange={({ target }) => { setDraft(target.value) }}
          onKeyDown={(event) => {
            if (event.key === "Escape") onClose()
            if (event.key === "Enter" && rows === 1 && !event.nativeEvent.isComposing) { event.preventDefault(); say() }
          }}
        />
        <span className="field-hint">{hint}</span>
      </label>
      <div className="row end">
        <button type="button" className="button quiet" onClick={onClose}>Leave it</button>
        <button type="submit" className="button primary" disabled={!canSay}>{isPending ? "Reading…" : button}</button>
      </div>
    </form>
  )
}
