import { useEffect, useState } from "react"
import { useModels, useStrategies } from "../../client/queries"
import { Heart } from "../../ui/icons"
import { useExperiments } from "../experiments/queries"
import { useSettled } from "../setup/useSetup"
import { wantedOf, type Wanted } from "./filter"

interface FiltersProps {
  wanted: Wanted
  onChange: (wanted: Wanted, isTyping?: boolean) => void
}

type Option = readonly [value: string, label: string]
const STATES: Option[] = [["active", "going on"], ["paused", "paused"], ["completed", "finished"]]
const ADVANCED = ["sampler", "preference_model", "basis", "experiment", "since", "until"] as const

/** Words to look for at hand; the rest folds away until it is used. */
export function Filters({ wanted, onChange }: FiltersProps) {
  const models = useModels()
  const [isOpen, setOpen] = useState(ADVANCED.some((name) => wanted[name] !== undefined))
  const used = ADVANCED.filter((name) => wanted[name] !== undefined).length
  const put = (name: keyof Wanted, value: string, isTyping = false) => {
    onChange(wantedOf({ ...wanted, [name]: value }), isTyping)
  }
  return (
    <search className="filters">
      <div className="row wrap">
        <Words value={wanted.text ?? ""} onChange={(text) => { put("text", text, true) }} />
        <Pick label="Model" value={wanted.model} options={(models.data ?? []).map(({ ref, name }) => [ref, name] as const)} onChange={(value) => { put("model", value) }} />
        <Pick label="State" value={wanted.state} options={STATES} onChange={(value) => { put("state", value) }} />
        <button type="button" className="button" aria-pressed={wanted.favourites !== undefined} title="Only sessions with a picture that is a favourite" onClick={() => { put("favourites", wanted.favourites === undefined ? "yes" : "") }}>
          <Heart full={wanted.favourites !== undefined} /> Favourites
        </button>
        <button type="button" className="button quiet" aria-expanded={isOpen} onClick={() => { setOpen(!isOpen) }}>
          {isOpen ? "Fewer" : "More"} filters{!isOpen && used > 0 ? ` (${String(used)} in use)` : ""}
        </button>
        {Object.keys(wanted).length > 0 && <button type="button" className="button quiet" onClick={() => { onChange({}) }}>Clear</button>}
      </div>
      {isOpen && <Advanced wanted={wanted} onPut={put} />}
    </search>
  )
}

function Advanced({ wanted, onPut }: { wanted: Wanted; onPut: (name: keyof Wanted, value: string) => void }) {
  const strategies = useStrategies().data
  const experiments = useExperiments()
  const kinds = (views: readonly { kind: string }[] | undefined) => (views ?? []).map(({ kind }) => [kind, kind.replaceAll("_", " ")] as const)
  const day = (name: "since" | "until", label: string) => (
    <label className="filter">
      <span className="small muted">{label}</span>
      <input className="input" type="date" value={wanted[name] ?? ""} onChange={(event) => { onPut(name, event.target.value) }} />
    </label>
  )
  return (
    <div className="row wrap">
      <Pick label="Sampler" value={wanted.sampler} options={kinds(strategies?.samplers)} onChange={(value) => { onPut("sampler", value) }} />
      <Pick label="Preference model" value={wanted.preference_model} options={kinds(strategies?.preference_models)} onChange={(value) => { onPut("preference_model", value) }} />
      <Pick label="Basis" value={wanted.basis} options={kinds(strategies?.bases)} onChange={(value) => { onPut("basis", value) }} />
      <Pick label="Experiment" value={wanted.experiment} options={experiments.map(({ id, name }) => [id, name] as const)} onChange={(value) => { onPut("experiment", value) }} />
      {day("since", "From")}
      {day("until", "To")}
    </div>
  )
}

/** Looks once the typing rests; follows the address when that changes by itself. */
function Words({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(value)
  const [known, setKnown] = useState(value)
  if (known !== value) {
    setKnown(value)
    if (value !== typed.trim()) setTyped(value)
  }
  const settled = useSettled(typed, 250)
  useEffect(() => {
    if (settled === typed && settled.trim() !== value) onChange(settled.trim())
  })
  return (
    <input
      className="input words-wanted" type="search" value={typed} maxLength={200} placeholder="Search names and prompts" aria-label="Search names and prompts"
      onChange={(event) => { setTyped(event.target.value) }}
    />
  )
}

interface PickProps {
  label: string
  value: string | undefined
  options: readonly Option[]
  onChange: (value: string) => void
}

function Pick({ label, value = "", options, onChange }: PickProps) {
  const known = value === "" || options.some(([one]) => one === value) ? options : [[value, value] as const, ...options]
  return (
    <label className="filter">
      <span className="small muted">{label}</span>
      <select className="input" value={value} onChange={(event) => { onChange(event.target.value) }}>
        <option value="">any</option>
        {known.map(([one, words]) => <option key={one} value={one}>{words}</option>)}
      </select>
    </label>
  )
}
