import { useMemo, useState, type SetStateAction } from "react"
import type { AxisDetail, Remark } from "../../client/axes"
import { problemOf } from "../../client/problem"
import { count } from "../../ui/format"
import { Problem } from "../../ui/Problem"
import { Toast } from "../../ui/Toast"
import { AboutAxis } from "./AboutAxis"
import { faultsOf, hasTexts, isBegun, notesOf, textOf, type Draft } from "./draft"
import { LooseTexts } from "./LooseTexts"
import { PairList, type Wanted } from "./PairList"
import { SaveBar } from "./SaveBar"
import { useCheck } from "./useAxis"
import { WORK } from "./WorkPanel"

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

/** The pairs that an axis is made of and measured on, with what is doubtful beside each. */
export function PairsView({ draft, saved, isEditable, isUnsaved, onChange, onDone, onCopy }: PairsViewProps) {
  const [wanted, setWanted] = useState<Wanted>("all")
  const [isSaved, setSaved] = useState(false)
  const text = useMemo(() => (isEditable && hasTexts(draft) ? textOf(draft) : null), [draft, isEditable])
  const check = useCheck(text)
  const fault = useMemo(() => (check.error ? problemOf(check.error) : null), [check.error])
  const remarks = useMemo(() => (fault ? [] : (isEditable ? check.data : saved?.remarks) ?? []), [check.data, fault, isEditable, saved])
  const notes = useMemo(() => notesOf(draft.rows, remarks, fault), [draft.rows, remarks, fault])
  const ofAxis = faultsOf(fault).filter(({ place }) => place === null).map(({ message }) => message)
  return (
    <div className="lx-edit">
      {!isEditable && (
        <p className="card lx-note">
          <span className="grow">This axis ships with Pilotage and stays as it is. To change its pairs, work on a copy.</span>
          <button type="button" className="button primary" onClick={onCopy}>Copy under a new name</button>
        </p>
      )}
      {isEditable && <AboutAxis draft={draft} onChange={onChange} />}
      <Remarks remarks={remarks} faults={ofAxis} onShow={() => { setWanted("noted") }} />
      {draft.texts.length > 0
        ? <LooseTexts texts={draft.texts} poles={draft.poles} />
        : <PairList draft={draft} notes={notes} isEditable={isEditable} wanted={wanted} onWanted={setWanted} onChange={onChange} />}
      {fault && fault.kind !== "input" && <Problem problem={fault} onRetry={() => void check.refetch()} />}
      {isEditable && (isUnsaved || saved === undefined) && (
        <SaveBar
          draft={draft} isNew={saved === undefined} isChecked={check.isResting && check.isSuccess} onDone={onDone} onSaved={() => { setSaved(true) }}
          why={whyNot(draft, fault?.kind === "input" ? faultsOf(fault).length : 0)}
        />
      )}
      {isSaved && !isUnsaved && (
        <Toast onClose={() => { setSaved(false) }} action={<button type="button" className="button" onClick={() => { document.getElementById(WORK)?.focus(); setSaved(false) }}>Make its vectors</button>}>
          Saved.
        </Toast>
      )}
    </div>
  )
}

/** Why a draft can't be saved yet; empty if it can. */
function whyNot(draft: Draft, faults: number): string {
  const begun = draft.rows.filter(isBegun).length
  if (draft.poles.negative.trim() === "" || draft.poles.positive.trim() === "") return "Both ends need a name."
  if (begun > 0) return `${count(begun, "pair")} ${begun === 1 ? "is" : "are"} half written: finish or remove ${begun === 1 ? "it" : "them"}.`
  if (!hasTexts(draft)) return "Write its first pairs; four are the least."
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
