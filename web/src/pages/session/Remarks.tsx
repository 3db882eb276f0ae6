import { useEffect, useRef } from "react"
import type { Confidence } from "../../client/types"
import type { Tile } from "../../elicitation/tiles"
import { CONFIDENCE_WORDS } from "../../elicitation/words"
import { Thumb } from "../../ui/Thumb"
import type { Choice } from "./useRound"
import { useNoun } from "../../ui/medium"

interface RemarksProps {
  tiles: Tile[]
  choice: Choice
  /** The picture whose field takes the focus; an empty id for the one on the round. */
  focus: { of: string }
}

/** Why this one, in the person's own words: on the round and on each picture, kept verbatim. */
export function Remarks({ tiles, choice, focus }: RemarksProps) {
  const fields = useRef<HTMLElement>(null)
  useEffect(() => {
    fields.current?.querySelector<HTMLElement>(`[data-of="${focus.of}"]`)?.focus()
  }, [focus])
  const noun = useNoun().toLowerCase()
  const about = tiles.filter(({ id }) => id !== null && choice.ready.includes(id))
  return (
    <section ref={fields} id="remarks" className="remarks" aria-label="Remarks">
      <label className="field">
        <span className="label">On this round <span className="muted">(kept as you write it)</span></span>
        <textarea className="input" data-of="" rows={2} maxLength={4000} value={choice.note} onChange={(event) => { choice.say({ note: event.target.value }) }} />
      </label>
      <ul>
        {about.map(({ id, artifact, slot }) => (
          <li key={id} className="row">
            <Thumb artifact={artifact} alt="" />
            <input
              className="input" data-of={id} maxLength={4000} value={choice.notes[id ?? ""] ?? ""} aria-label={`On ${noun} ${String(slot + 1)}`} placeholder={`On ${noun} ${String(slot + 1)}`}
              onChange={(event) => { choice.say({ notes: { ...choice.notes, [id ?? ""]: event.target.value } }) }}
            />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** How sure the answer is, if the person says; the same word again takes it back. */
export function HowSure({ value, onChange }: { value: Confidence | null; onChange: (value: Confidence | null) => void }) {
  return (
    <span className="how-sure small" role="group" aria-label="How sure are you?">
      <span className="muted">How sure?</span>
      {([1, 2, 3] as const).map((level) => (
        <button key={level} type="button" data-part="sure" aria-pressed={value === level} onClick={() => { onChange(value === level ? null : level) }}>
          {CONFIDENCE_WORDS[level - 1]}
        </button>
      ))}
    </span>
  )
}
