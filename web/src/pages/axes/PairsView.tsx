import { useCallback, useMemo, useState, type SetStateAction } from "react"
import type { AxisDetail, Remark, Split } from "../../client/axes"
import { problemOf } from "../../client/problem"
import { count } from "../../ui/format"
import { Problem } from "../../ui/Problem"
import { Segmented } from "../../ui/Segmented"
import { Toast } from "../../ui/Toast"
import { AboutAxis } from "./AboutAxis"
import { faultsOf, isBegun, isWhole, newRow, notesOf, textOf, type Draft, type Row } from "./draft"
import { LooseTexts } from "./LooseTexts"
import { PairRow } from "./PairRow"
import { PasteDialog } from "./PasteDialog"
import { SaveBar } from "./SaveBar"
import { useCheck } from "./useAxis"

interface PairsViewProps {
  draft: Draft
  saved: AxisDetail | undefined
  isEditable: boolean
  isUnsaved: boolean
  onChange: (next: SetStateAction<Draft>) => void
  /** What is on the page is what is kept. */
  onDone: () => void
  onCopy: () => void
}

type Wanted = "all" | Split | "noted"
const PAGE = 50

/** The pairs that an axis is made of and measured on, with what is doubtful beside each. */
export function PairsView({ draft, saved, isEditable, isUnsaved, onChange, onDone, onCopy }: PairsViewProps) {
  const [wanted, setWanted] = useState<Wanted>("all")
  const [most, setMost] = useState(PAGE)
  const [isPasting, setPasting] = useState(false)
  const [added, setAdded] = useState<string | null>(null)
  const [removed, setRemoved] = useState<{ row: Row; at: number } | null>(null)
  const [isSaved, setSaved] = useState(false)
  const { rows } = draft
  const text = useMemo(() => (isEditable && rows.some(isWhole) ? textOf(draft) : null), [draft, rows, isEditable])
  const check = useCheck(text)
  const fault = check.error ? problemOf(check.error) : null
  const remarks = useMemo(() => (check.error ? [] : (isEditable ? check.data : saved?.remarks) ?? []), [check.data, check.error, isEditable, saved])
  const notes = useMemo(() => notesOf(rows, remarks, check.error ? problemOf(check.error) : null), [rows, remarks, check.error])
  const counts = { all: rows.length, train: rows.filter(({ split }) => split === "train").length, held_out: rows.filter(({ split }) => split === "held_out").length, noted: notes.size }
  const shown = rows.map((row, i) => ({ row, number: i + 1 })).filter(({ row }) => wanted === "all" || (wanted === "noted" ? notes.has(row.id) : row.split === wanted))
  const edit = useCallback((id: string, part: Partial<Row>) => {
    onChange((now) => ({ ...now, rows: now.rows.map((row) => (row.id === id ? { ...row, ...part } : row)) }))
  }, [onChange])
  const remove = useCallback((row: Row) => {
    onChange((now) => {
      setRemoved({ row, at: now.rows.findIndex(({ id }) => id === row.id) })
      return { ...now, rows: now.rows.filter(({ id }) => id !== row.id) }
    })
  }, [onChange])
  const add = () => {
    const row = newRow({ split: wanted === "held_out" ? "held_out" : "train" })
    onChange((now) => ({ ...now, rows: [...now.rows, row] }))
    if (wanted === "noted") setWanted("all")
    setMost(Infinity)
    setAdded(row.id)
  }
  if (draft.texts.length > 0) return <LooseTexts texts={draft.texts} poles={draft.poles} remarks={saved?.remarks ?? []} />
  const options = [
    { value: "all", label: `All ${String(counts.all)}` }, { value: "train", label: `To learn from ${String(counts.train)}` },
    { value: "held_out", label: `Held out ${String(counts.held_out)}` }, ...(counts.noted > 0 || wanted === "noted" ? [{ value: "noted", label: `To look at ${String(counts.noted)}` } as const] : []),
  ] as const
  return (
    <div className="lx-edit">
      {!isEditable && (
        <p className="card lx-note">
          <span className="grow">This axis ships with Pilotage and stays as it is. To change its pairs, work on a copy.</span>
          <button type="button" className="button primary" onClick={onCopy}>Copy under a new name</button>
        </p>
      )}
      {isEditable && <AboutAxis draft={draft} onChange={onChange} />}
      <Remarks remarks={remarks} faults={faultsOf(fault).filter(({ place }) => place === null).map(({ message }) => message)} onShow={() => { setWanted("noted") }} />
      <div className="row wrap">
        <Segmented label="Which pairs" value={wanted} options={options} onChange={setWanted} />
        <span className="grow" />
        {isEditable && <button type="button" className="button" onClick={() => { setPasting(true) }}>Paste pairs</button>}
        {isEditable && <button type="button" className="button" onClick={add}>Add a pair</button>}
      </div>
      <ol className="lx-pairs">
        {shown.slice(0, most).map(({ row, number }) => (
          <PairRow key={row.id} row={row} number={number} poles={draft.poles} notes={notes.get(row.id)} isEditable={isEditable} isNew={row.id === added} onEdit={edit} onRemove={remove} />
        ))}
      </ol>
      {shown.length > most && <button type="button" className="button" onClick={() => { setMost(most + PAGE) }}>Show {Math.min(PAGE, shown.length - most)} more of {shown.length}</button>}
      {shown.length === 0 && <p className="soft">No pair here.</p>}
      {isEditable && shown.length > 5 && <button type="button" className="button lx-add" onClick={add}>Add a pair</button>}
      {isEditable && fault && fault.kind !== "input" && <Problem problem={fault} onRetry={() => void check.refetch()} />}
      {isEditable && (isUnsaved || saved === undefined) && (
        <SaveBar
          draft={draft} isNew={saved === undefined} isChecked={check.isResting && check.isSuccess} onDone={onDone} onSaved={() => { setRemoved(null); setSaved(true) }}
          why={whyNot(draft, fault?.kind === "input" ? faultsOf(fault).length : 0)}
        />
      )}
      {isPasting && <PasteDialog rows={rows.length} onClose={() => { setPasting(false) }} onPaste={(fresh, isInstead) => { onChange((now) => ({ ...now, rows: isInstead ? fresh : [...now.rows.filter((row) => isWhole(row) || isBegun(row)), ...fresh] })) }} />}
      {isSaved && !removed && (
        <Toast onClose={() => { setSaved(false) }} action={<button type="button" className="button" onClick={() => { document.getElementById("lx-work")?.focus(); setSaved(false) }}>Make its vectors</button>}>
          Saved.
        </Toast>
      )}
      {removed && (
        <Toast onClose={() => { setRemoved(null) }} action={<button type="button" className="button" onClick={() => { onChange((now) => ({ ...now, rows: now.rows.toSpliced(removed.at, 0, removed.row) })); setRemoved(null) }}>Undo</button>}>
          A pair was removed.
        </Toast>
      )}
    </div>
  )
}

/** Why a draft can't be saved yet; empty if it can. */
function whyNot({ rows, poles }: Draft, faults: number): string {
  const begun = rows.filter(isBegun).length
  if (poles.negative.trim() === "" || poles.positive.trim() === "") return "Both ends need a name."
  if (begun > 0) return `${count(begun, "pair")} ${begun === 1 ? "is" : "are"} half written: finish or remove ${begun === 1 ? "it" : "them"}.`
  if (!rows.some(isWhole)) return "Write its first pairs; four are the least."
  return faults > 0 ? `${count(faults, "thing")} to put right first.` : ""
}

function Remarks({ remarks, faults, onShow }: { remarks: readonly Remark[]; faults: string[]; onShow: () => void }) {
  if (remarks.length + faults.length === 0) return null
  return (
    <ul className="lx-remarks" aria-label="Remarks">
      {faults.map((words) => <li key={words} data-fault="true">{words}</li>)}
      {remarks.map(({ code, message, rows }) => (
        <li key={code}>
          {message.charAt(0).toUpperCase()}{message.slice(1)}. {rows.length > 0 && <button type="button" className="link" onClick={onShow}>Show {rows.length === 1 ? "it" : "them"}</button>}
        </li>
      ))}
    </ul>
  )
}
