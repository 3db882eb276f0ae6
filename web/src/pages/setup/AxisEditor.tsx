import { useState } from "react"
import type { Draft } from "../../client/types"
import { shortAxis } from "../../ui/format"
import { Cross } from "../../ui/icons"
import { useKept } from "../../ui/storage"
import { axisOf, polesOf } from "./axes"
import { effectInWords, unitInWords, type Effect } from "./effect"
import { useAxisPreviews, type PolePicture } from "./useAxisPreviews"

interface AxisEditorProps {
  draft: Draft
  suggestions: string[]
  error: string | undefined
  isPreviewable: boolean
  onChange: (axes: string[]) => void
}

/** Axes of one's own as chips, each with what one unit of it does either way. */
export function AxisEditor({ draft, suggestions, error, isPreviewable, onChange }: AxisEditorProps) {
  const [text, setText] = useKept(localStorage, "draft-axis", "")
  const [isRefused, setRefused] = useState(false)
  const axes = draft.axes ?? []
  const previews = useAxisPreviews(draft, isPreviewable)
  const add = () => {
    const axis = axisOf(text)
    setRefused(axis === null && text.trim() !== "")
    if (axis === null) return
    if (!axes.includes(axis)) onChange([...axes, axis])
    setText("")
  }
  const others = suggestions.filter((axis) => !axes.includes(axis))
  return (
    <section className="column">
      <h2>Along which lines may it change?</h2>
      <p className="field-hint">Two opposite words make an axis. I look along these first, and add some of the model’s own.</p>
      {axes.length > 0 && (
        <ul className="axes">
          {axes.map((axis, index) => (
            <li key={axis} className="card axis-card">
              <div className="pair">
                <Pole picture={previews.pictures[2 * index]} name={polesOf(axis)[0]} />
                <Pole picture={previews.pictures[2 * index + 1]} name={polesOf(axis)[1]} />
              </div>
              <div className="row">
                <span className="grow axis-name" title={axis}>{shortAxis(axis)}</span>
                <button type="button" className="button quiet icon" aria-label={`Remove ${axis}`} onClick={() => { onChange(axes.filter((one) => one !== axis)) }}><Cross size={15} /></button>
              </div>
              <Seen effect={previews.effects[index]} />
            </li>
          ))}
        </ul>
      )}
      <div className="row wrap">
        <input
          className="input axis-input" value={text} placeholder="glossy | matte" aria-label="A new axis" aria-invalid={isRefused || error !== undefined} maxLength={200}
          onChange={(event) => { setText(event.target.value); setRefused(false) }}
          onKeyDown={(event) => { if (event.key === "Enter") { event.preventDefault(); add() } }}
        />
        <button type="button" className="button" disabled={text.trim() === ""} onClick={add}>Add axis</button>
        {others.map((axis) => (
          <button key={axis} type="button" className="chip" onClick={() => { onChange([...axes, axis]) }}>+ {shortAxis(axis)}</button>
        ))}
      </div>
      {isRefused && <p className="field-error">An axis needs two different ends, such as “red | blue”.</p>}
      {error !== undefined && <p className="field-error">{error}</p>}
      {axes.length > 0 && previews.note !== "" && <p className="field-hint">{previews.note}</p>}
    </section>
  )
}

/** How visible one unit is; the place is kept while that is being seen. */
function Seen({ effect }: { effect: Effect | undefined }) {
  return (
    <p className="axis-seen" title={effect && unitInWords(effect)}>
      {effect === undefined ? "\u00a0" : effectInWords(effect)}
    </p>
  )
}

function Pole({ picture, name }: { picture: PolePicture | undefined; name: string }) {
  return (
    <figure>
      <div className="picture">{picture?.src ? <img src={picture.src} alt={`Towards ${name}`} className={picture.isFinal ? "" : "preview"} /> : <span className="none" />}</div>
      <figcaption className="small muted">{name}</figcaption>
    </figure>
  )
}
