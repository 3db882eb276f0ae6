import { useMemo, useState } from "react"
import { Dialog } from "../../ui/Dialog"
import { count } from "../../ui/format"
import { newRow, type Row } from "./draft"
import { pastedPairs } from "./pasted"

interface PasteDialogProps {
  /** How many there are. */
  rows: number
  onPaste: (rows: Row[], isInstead: boolean) => void
  onClose: () => void
}

const SHOWN = 5
const EXAMPLE = `prompt,positive,negative,split
Is it far?,"A pleasant stroll, no more.",Ten minutes.,train`

/** Many pairs at once, out of a file or a spreadsheet. */
export function PasteDialog({ rows, onPaste, onClose }: PasteDialogProps) {
  const [text, setText] = useState("")
  const { pairs, faults } = useMemo(() => pastedPairs(text), [text])
  const heldOut = pairs.filter(({ split }) => split === "held_out").length
  const paste = (isInstead: boolean) => { onPaste(pairs.map((pair) => newRow(pair)), isInstead); onClose() }
  return (
    <Dialog title="Paste pairs" isOpen onClose={onClose} wide>
      <div className="column">
        <p className="soft">JSON lines, a JSON list, CSV, or cells of a spreadsheet, with prompt, positive and negative. Where no row names a split, every third is held out.</p>
        <textarea className="input mono" rows={10} aria-label="Pairs to paste" placeholder={EXAMPLE} value={text} onChange={({ target }) => { setText(target.value) }} />
        <label className="row wrap small soft">
          <span>or a file</span> <input type="file" accept=".json,.jsonl,.csv,.tsv,.txt" onChange={({ target }) => { void target.files?.[0]?.text().then(setText) }} />
        </label>
        <p role="status">{text.trim() === "" ? "" : `${count(pairs.length, "pair")}, ${String(heldOut)} of them held out.`}</p>
        {faults.length > 0 && (
          <ul className="lx-remarks">
            {faults.slice(0, SHOWN).map((words) => <li key={words} data-fault="true">{words}</li>)}
            {faults.length > SHOWN && <li data-fault="true">{faults.length - SHOWN} more can’t be read.</li>}
          </ul>
        )}
        <div className="row wrap end">
          <button type="button" className="button" onClick={onClose}>Cancel</button>
          {rows > 0 && <button type="button" className="button" disabled={pairs.length === 0} onClick={() => { paste(true) }}>Put in place of all {rows}</button>}
          <button type="button" className="button primary" disabled={pairs.length === 0} onClick={() => { paste(false) }}>Add {count(pairs.length, "pair")}</button>
        </div>
      </div>
    </Dialog>
  )
}
