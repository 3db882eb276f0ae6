import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { useLatentPresets, usePictureSets, type LatentPreset, type LatentRunDetail } from "../../../client/latents"
import { problemOf } from "../../../client/problem"
import { CopyCode } from "../../../ui/CopyCode"
import { count } from "../../../ui/format"
import { Problem } from "../../../ui/Problem"
import { useKept } from "../../../ui/storage"
import { codeOf } from "../shared/code"
import { KINDS, knobInWords, nameOf, shortId } from "../shared/words"
import { firstFault, stepsInWords, turnedOf, type Knobs, type KnobSchema, type Typed } from "./knobs"
import { KnobGroups } from "./KnobGroups"
import { KnobField } from "./KnobField"
import { PictureSets } from "./PictureSets"
import { useLaunch, type Wanted } from "./useLaunch"

type Schemas = Record<string, KnobSchema>
interface Form { data: string; preset: string; typed: Typed; recorded: Typed }
const EMPTY: Form = { data: "digits", preset: "default", typed: {}, recorded: {} }

/** A training of one's own: pictures, preset, every knob, and what is recorded. */
export function LaunchForm({ training, recording }: { training: Schemas; recording: Schemas }) {
  const presets = useLatentPresets()
  const sets = usePictureSets()
  const launch = useLaunch()
  const [form, setForm] = useKept<Form>(sessionStorage, "latents.launch", EMPTY)
  const change = (changes: Partial<Form>) => { launch.forget(); setForm((now) => ({ ...now, ...changes })) }
  if (presets.isError) return <Problem problem={problemOf(presets.error)} onRetry={() => void presets.refetch()} />
  const preset = presets.data?.find(({ name }) => name === form.preset) ?? presets.data?.[0]
  if (!preset) return <div className="skeleton choice-space" aria-busy="true" aria-label="Looking" />
  const data = sets.data === undefined || sets.data.some(({ name }) => name === form.data) ? form.data : "digits"
  const defaults = Object.fromEntries(Object.entries(recording).map(([name, one]) => [name, one.default ?? 0]))
  const wanted: Wanted = { data, preset: preset.name, training: turnedOf(form.typed, preset.training, training), recording: turnedOf(form.recorded, defaults, recording) }
  const now = { ...preset.training, ...wanted.training }
  const plain = plainOf(presets.data ?? [], now)
  const pictures = sets.data?.find(({ name }) => name === data)
  const steps = pictures ? stepsInWords(pictures.count, now) : { text: "", isFew: false }
  const isFaulty = firstFault(form.typed, preset.training, training) !== null || firstFault(form.recorded, defaults, recording) !== null
  return (
    <form className="launch-form" onSubmit={(event) => { event.preventDefault(); if (!isFaulty) launch.start(wanted) }} noValidate>
      <h2 className="hidden-visually">Set up a training of your own</h2>
      <PictureSets chosen={data} onChoose={(name) => { change({ data: name }) }} />
      {launch.refused("data") && <p className="field-error" role="alert">{launch.refused("data")}</p>}
      <Presets presets={presets.data ?? []} chosen={preset.name} onChoose={(name) => { change({ preset: name, typed: {} }) }} />
      <KnobGroups schemas={training} base={preset.training} typed={form.typed} plain={plain} refused={(name) => launch.refused(`training.${name}`)} onChange={(typed) => { change({ typed }) }} />
      <details className="card fold-card">
        <summary><strong>What is recorded</strong> <span className="soft small">{changedInWords(Object.keys(wanted.recording).length)}; it never changes what is learned</span></summary>
        <div className="knobs-grid">
          {Object.entries(recording).map(([name, schema]) => (
            <KnobField key={name} name={name} schema={schema} value={form.recorded[name] ?? schema.default ?? ""} refused={launch.refused(`recording.${name}`)} onChange={(value) => { change({ recorded: { ...form.recorded, [name]: value } }) }} />
          ))}
        </div>
      </details>
      <LaunchBar wanted={wanted} launch={launch} isFaulty={isFaulty} words={<><strong>{KINDS[String(now.kind)]}</strong> on <strong>{data}</strong>, “{preset.title}”{Object.keys(wanted.training).length > 0 && `, ${count(Object.keys(wanted.training).length, "knob")} turned`} · <span className={steps.isFew ? "few" : "soft"}>{steps.text}</span></>}>
        {(Object.keys(form.typed).length > 0 || Object.keys(form.recorded).length > 0) && <button type="button" className="button quiet" onClick={() => { change({ typed: {}, recorded: {} }) }}>Turn all back</button>}
      </LaunchBar>
    </form>
  )
}

/** One run again, with knobs turned: a clone that can be compared with its original. */
export function CloneForm({ run, proposed, training }: { run: LatentRunDetail; proposed: Knobs; training: Schemas }) {
  const presets = useLatentPresets()
  const launch = useLaunch()
  const [typed, setTyped] = useState<Typed>(proposed)
  const base = run.config.training as Knobs
  const wanted: Wanted = { data: run.data, preset: "", training: turnedOf(typed, base, training), recording: {}, clone: run.id }
  const turned = Object.entries(wanted.training)
  return (
    <form className="launch-form" onSubmit={(event) => { event.preventDefault(); if (firstFault(typed, base, training) === null) launch.start(wanted) }} noValidate>
      <div className="clone-head">
        <p className="small"><Link to="/latents">Latents</Link> / clone of <Link to="/latents/runs/$runId" params={{ runId: run.id }} className="mono">{shortId(run.id)}</Link></p>
        <h1>{turned.length === 1 ? "A clone with one knob turned" : `A clone of ${nameOf(run)}`}</h1>
        <p className="soft">The same pictures, the same seed, the same records; what then differs comes from the knobs that you turn. One at a time tells most.</p>
        {turned.length > 0 && <ul className="turned">{turned.map(([name, value]) => <li key={name} className="badge win"><code>{name}</code> {knobInWords(base[name])} → <b>{knobInWords(value)}</b></li>)}</ul>}
      </div>
      <KnobGroups isOpen schemas={training} base={base} typed={typed} plain={plainOf(presets.data ?? [], { ...base, ...wanted.training })} refused={(name) => launch.refused(`training.${name}`)} proposed={Object.keys(proposed)} onChange={(next) => { launch.forget(); setTyped(next) }} />
      <LaunchBar wanted={wanted} launch={launch} isFaulty={firstFault(typed, base, training) !== null} words={turned.length === 0 ? "The same once more: no knob is turned" : `${nameOf(run)}, ${count(turned.length, "knob")} turned`} />
    </form>
  )
}

function LaunchBar({ wanted, launch, isFaulty, words, children }: { wanted: Wanted; launch: ReturnType<typeof useLaunch>; isFaulty: boolean; words: React.ReactNode; children?: React.ReactNode }) {
  const { problem, isPending } = launch
  const isAtField = problem?.field.startsWith("training.") || problem?.field.startsWith("recording.") || problem?.field === "data"
  return (
    <div className="launch-bar">
      {problem && !isAtField && <Problem problem={problem} />}
      <div className="row wrap">
        <span className="grow small" role="status">{isFaulty ? <span className="field-error">A knob above needs another value.</span> : isAtField ? <span className="field-error">{problem?.detail}</span> : words}</span>
        {children}
        <CopyCode code={codeOf(wanted)} note="The same settings and seed give the same weights on one machine." />
        <button type="submit" className="button primary" disabled={isPending || isFaulty}>{isPending ? "Launching…" : "Launch"}</button>
      </div>
    </div>
  )
}

function Presets({ presets, chosen, onChoose }: { presets: LatentPreset[]; chosen: string; onChoose: (name: string) => void }) {
  return (
    <fieldset className="launch-choices">
      <legend><h2>How to learn</h2></legend>
      <div className="preset-cards">
        {presets.map(({ name, title, about, differences, training }) => (
          <label key={name} className="pick-card preset-card" data-chosen={name === chosen}>
            <input type="radio" name="preset" className="hidden-visually" aria-label={title} aria-describedby={`preset-${name}`} value={name} checked={name === chosen} onChange={() => { onChoose(name) }} />
            <strong>{title}</strong>
            <span className="small soft" id={`preset-${name}`}>{about}</span>
            <span className="small muted">{KINDS[training.kind]}, {training.epochs} epochs. {differences.length === 0 ? "Every knob as in the plain form." : `Differs from the plain form in ${differences.map(({ field }) => field).join(", ")}.`}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** The plain form of a kind: the values that the contract's words give. */
function plainOf(presets: LatentPreset[], knobs: Knobs): Knobs {
  return presets.find(({ name }) => name === (knobs.kind === "ae" ? "ae" : "seed"))?.training ?? {}
}

function changedInWords(turned: number): string {
  return turned === 0 ? "as usual" : `${count(turned, "knob")} turned`
}

