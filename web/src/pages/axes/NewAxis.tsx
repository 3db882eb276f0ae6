import { useMutation } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { axes as api, type AxisText } from "../../client/axes"
import type { AxisView } from "../../client/language"
import { problemOf } from "../../client/problem"
import { Dialog } from "../../ui/Dialog"
import { Problem } from "../../ui/Problem"
import { keep } from "../../ui/storage"
import { draftKey, draftNames, NAME, nameOf, newRow, type Draft } from "./draft"

interface NewAxisProps {
  axes: AxisView[]
  /** The axis to copy from, if that is settled. */
  from?: AxisView
  onClose: () => void
}

/** Names a new axis and its poles; its pairs are written on its own page. */
export function NewAxis({ axes, from, onClose }: NewAxisProps) {
  const navigate = useNavigate()
  const [source, setSource] = useState(from?.name ?? "")
  const [poles, setPoles] = useState(from?.poles ?? { negative: "", positive: "" })
  const [typed, setTyped] = useState<string | null>(from ? `my_${from.name}`.slice(0, 48) : null)
  const name = typed ?? nameOf(poles.positive)
  const fault = nameFault(name, axes)
  const begin = useMutation({
    mutationFn: () => begun(name, source, poles),
    onSuccess: (draft) => {
      keep(localStorage, draftKey(name), draft)
      onClose()
      void navigate({ to: "/text/axes/$name", params: { name }, search: { view: "pairs" } })
    },
  })
  const setFrom = (next: string) => {
    setSource(next)
    const copied = axes.find((axis) => axis.name === next)
    if (copied) setPoles(copied.poles)
  }
  return (
    <Dialog title={from ? `Copy “${from.poles.negative} ↔ ${from.poles.positive}”` : "New axis"} isOpen onClose={onClose}>
      <form className="column" onSubmit={(event) => { event.preventDefault(); begin.mutate() }}>
        {!from && <p className="soft">Name the two ends of what shall vary, in words that finish “an answer that is …”.</p>}
        <div className="lx-poles">
          {(["negative", "positive"] as const).map((pole) => (
            <label key={pole} className="field">
              <span className="label">{pole === "negative" ? "One end (dose −1)" : "The other end (dose +1)"}</span>
              <input
                className="input" value={poles[pole]} maxLength={60} placeholder={pole === "negative" ? "dry" : "witty"} autoComplete="off"
                onChange={({ target }) => { setPoles({ ...poles, [pole]: target.value }) }}
              />
            </label>
          ))}
        </div>
        <label className="field">
          <span className="label">Name</span>
          <input className="input mono" value={name} maxLength={48} autoComplete="off" aria-invalid={name !== "" && fault !== null} onChange={({ target }) => { setTyped(target.value) }} />
          {name !== "" && fault !== null ? <span className="field-error">{fault}</span> : <span className="field-hint">Programs ask for the axis by it.</span>}
        </label>
        {!from && (
          <label className="field">
            <span className="label">Begin with</span>
            <select className="input" value={source} onChange={({ target }) => { setFrom(target.value) }}>
              <option value="">an empty template</option>
              {axes.map((axis) => <option key={axis.name} value={axis.name}>a copy of {axis.poles.negative} ↔ {axis.poles.positive}</option>)}
            </select>
          </label>
        )}
        {begin.error && <Problem problem={problemOf(begin.error)} />}
        <div className="row wrap end">
          <button type="button" className="button" onClick={onClose}>Cancel</button>
          <button type="submit" className="button primary" disabled={fault !== null || poles.negative.trim() === "" || poles.positive.trim() === "" || begin.isPending}>Write its pairs</button>
        </div>
      </form>
    </Dialog>
  )
}

function nameFault(name: string, axes: AxisView[]): string | null {
  if (!NAME.test(name)) return "Lower-case letters, digits and underscores, beginning with a letter; 48 at most."
  if (axes.some((axis) => axis.name === name)) return "There is an axis of this name."
  return draftNames().includes(name) ? "There is a draft of this name." : null
}

/** The template, or the texts of another axis, under the new name. A template's own words say what belongs where. */
async function begun(name: string, source: string, poles: AxisText["poles"]): Promise<Draft> {
  const { pairs = [], texts = [], description = "", licence = "unknown", length_matters = false } = await api.template(source || name)
  const rows = source ? pairs.map((pair) => newRow(pair)) : pairs.map(({ split }) => newRow({ split: split ?? "train" }))
  return { name, poles, description: source ? description : "", licence, length_matters, texts, rows }
}
