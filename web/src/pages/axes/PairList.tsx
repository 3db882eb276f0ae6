import { useCallback, useState, type SetStateAction } from "react"
import type { Split } from "../../client/axes"
import { Segmented } from "../../ui/Segmented"
import { Toast } from "../../ui/Toast"
import { isBegun, isWhole, newRow, type Draft, type Row } from "./draft"
import { PairRow } from "./PairRow"
import { PasteDialog } from "./PasteDialog"

/** Which pairs are looked at; `noted` are those that something is said beside. */
export type Wanted = "all" | Split | "noted"

interface PairListProps {
  draft: Draft
  notes: ReadonlyMap<string, string[]>
  isEditable: boolean
  wanted: Wanted
  onWanted: (wanted: Wanted) => void
  onChange: (next: SetStateAction<Draft>) => void
}

const PAGE = 50

/** All pairs of an axis, some at a time: read, written, added, pasted, removed. */
export function PairList({ draft: { rows, poles }, notes, isEditable, wanted, onWanted, onChange }: PairListProps) {
  const [most, setMost] = useState(PAGE)
  const [isPasting, setPasting] = useState(false)
  const [added, setAdded] = useState<string | null>(null)
  const [removed, setRemoved] = useState<{ row: Row; at: number } | null>(null)
  const setRows = useCallback((change: (rows: Row[]) => Row[]) => { onChange((now) => ({ ...now, rows: change(now.rows) })) }, [onChange])
  const edit = useCallback((id: string, part: Partial<Row>) => { setRows((all) => all.map((row) => (row.id === id ? { ...row, ...part } : row))) }, [setRows])
  const remove = useCallback((row: Row, at: number) => {
    setRemoved({ row, at })
    setRows((all) => all.filter(({ id }) => id !== row.id))
  }, [setRows])
  const add = () => {
    const row = newRow({ split: wanted === "held_out" ? "held_out" : "train" })
    setRows((all) => [...all, row])
    if (wanted === "noted") onWanted("all")
    setAdded(row.id)
  }
  const paste = (fresh: Row[], isInstead: boolean) => { setRows((all) => (isInstead ? fresh : [...all.filter((row) => isWhole(row) || isBegun(row)), ...fresh])) }
  const undo = ({ row, at }: { row: Row; at: number }) => { setRows((all) => all.toSpliced(at, 0, row)); setRemoved(null) }
  const isWanted = (row: Row, which: Wanted) => which === "all" || (which === "noted" ? notes.has(row.id) : row.split === which)
  const found = rows.map((row, at) => ({ row, at })).filter(({ row }) => isWanted(row, wanted))
  const option = (value: Wanted, words: string) => ({ value, label: `${words} ${String(rows.filter((row) => isWanted(row, value)).length)}` })
  const options = [option("all", "All"), option("train", "To learn from"), option("held_out", "Held out"), ...(notes.size > 0 || wanted === "noted" ? [option("noted", "To look at")] : [])]
  const addButton = <button type="button" className="button lx-add" onClick={add}>Add a pair</button>
  return (
    <>
      <div className="row wrap">
        <Segmented label="Which pairs" value={wanted} options={options} onChange={onWanted} />
        <span className="grow" />
        {isEditable && <button type="button" className="button" onClick={() => { setPasting(true) }}>Paste pairs</button>}
        {isEditable && addButton}
      </div>
      <ol className="lx-pairs">
        {found.filter(({ row }, i) => i < most || row.id === added).map(({ row, at }) => (
          <PairRow key={row.id} row={row} at={at} poles={poles} notes={notes.get(row.id)} isEditable={isEditable} isNew={row.id === added} onEdit={edit} onRemove={remove} />
        ))}
      </ol>
      {found.length > most && <button type="button" className="button" onClick={() => { setMost(most + PAGE) }}>Show {Math.min(PAGE, found.length - most)} more of {found.length}</button>}
      {found.length === 0 && <p className="soft">No pair here.</p>}
      {isEditable && found.length > 5 && addButton}
      {isPasting && <PasteDialog rows={rows.length} onClose={() => { setPasting(false) }} onPaste={paste} />}
      {removed && (
        <Toast onClose={() => { setRemoved(null) }} action={<button type="button" className="button" onClick={() => { undo(removed) }}>Undo</button>}>
          A pair was removed.
        </Toast>
      )}
    </>
  )
}
