import { memo, useEffect, useRef } from "react"
import type { AxisView } from "../../client/language"
import { Cross } from "../../ui/icons"
import type { Row } from "./draft"

interface PairRowProps {
  row: Row
  /** Its place among all pairs of the axis. */
  at: number
  poles: AxisView["poles"]
  notes: string[] | undefined
  isEditable: boolean
  /** It was just added: the pen is there. */
  isNew: boolean
  onEdit: (id: string, part: Partial<Row>) => void
  onRemove: (row: Row, at: number) => void
}

/** To the pair after it, else to the one before. */
function passFocus(from: Element) {
  const pair = from.closest("li")
  const next = (pair?.nextElementSibling ?? pair?.previousElementSibling)?.querySelector("button.icon")
  if (next instanceof HTMLElement) next.focus()
}

const SIDES = ["negative", "positive"] as const

/** One question with its two answers. */
export const PairRow = memo(function PairRow({ row, at, poles, notes, isEditable, isNew, onEdit, onRemove }: PairRowProps) {
  const first = useRef<HTMLTextAreaElement>(null)
  useEffect(() => { if (isNew) first.current?.focus() }, [isNew])
  const number = at + 1
  const name = `Pair ${String(number)}`
  const isHeldOut = row.split === "held_out"
  return (
    <li className="card lx-pair" data-split={row.split} aria-label={name}>
      <div className="lx-pair-head">
        <span className="mono muted">{number}</span>
        {isEditable
          ? <textarea ref={first} className="input" rows={1} aria-label={`${name}: question`} placeholder="What somebody asks" value={row.prompt} onChange={({ target }) => { onEdit(row.id, { prompt: target.value }) }} />
          : <p className="grow">{row.prompt || <span className="muted">no question</span>}</p>}
        {isEditable
          ? (
            <button
              type="button" className="chip" aria-pressed={isHeldOut} title="Held out: no vector is made of it, effects are measured on it"
              aria-label={`${name}: held out`} onClick={() => { onEdit(row.id, { split: isHeldOut ? "train" : "held_out" }) }}
            >
              held out
            </button>
          )
          : isHeldOut && <span className="badge">held out</span>}
        {isEditable && <button type="button" className="button quiet icon" aria-label={`Remove pair ${String(number)}`} onClick={({ currentTarget }) => { passFocus(currentTarget); onRemove(row, at) }}><Cross /></button>}
      </div>
      <div className="lx-sides">
        {SIDES.map((side) => (
          <label key={side} className="lx-said">
            <span className="small muted">{poles[side] || side}</span>
            {isEditable
              ? <textarea className="input" rows={2} aria-label={`${name}: ${poles[side] || side} answer`} placeholder={`An answer that is ${poles[side] || side}`} value={row[side]} onChange={({ target }) => { onEdit(row.id, { [side]: target.value }) }} />
              : <p>{row[side]}</p>}
          </label>
        ))}
      </div>
      {notes?.map((words) => <p key={words} className="lx-beside" role="note">{words}</p>)}
    </li>
  )
})
