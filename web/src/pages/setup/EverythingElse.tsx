import type { ReactNode } from "react"
import { stringify } from "yaml"
import type { Draft, Problem as ProblemData, Strategies } from "../../client/types"
import { drawnBy } from "../draft"
import { faultOn } from "./fault"
import { kindOf } from "../experiments/run"
import KindOptions, { type StrategyKind } from "../KindOptions"
import { SettingsFile } from "../SettingsFile"
import type { useSetup } from "./useSetup"
import YamlField from "./YamlField"

interface EverythingElseProps {
  setup: ReturnType<typeof useSetup>
  strategies: Strategies | undefined
  fault: ProblemData | undefined
}

/** All further settings as a form, and everything as YAML beside it; each follows the other. */
export default function EverythingElse({ setup, strategies, fault }: EverythingElseProps) {
  const { draft, model, models, setDraft } = setup
  const limits = model?.capabilities
  const put = (changes: object) => { setDraft(given({ ...draft, ...changes }) as Draft) }
  const putRequest = (changes: object) => { put({ request: { ...given({ ...draft.request, ...changes }), prompt: draft.request.prompt } }) }
  return (
    <div className="everything">
      <div className="column">
        <Choice name="model" label="Model" value={draft.model ?? "starter"} options={models.map(({ ref }) => ref)} fault={fault} onChange={(value) => { setDraft(drawnBy(draft, value, models.find(({ ref }) => ref === value))) }} />
        {limits?.negative_prompt !== false && <Text name="request.negative_prompt" label="What not to see" value={draft.request.negative_prompt} fault={fault} onChange={(value) => { putRequest({ negative_prompt: value }) }} />}
        <div className="numbers">
          {limits?.max_steps !== 0 && <Amount name="request.steps" label="Steps" value={draft.request.steps} placeholder={limits?.default_steps} fault={fault} onChange={(value) => { putRequest({ steps: value }) }} />}
          {limits?.guidance !== false && <Amount name="request.guidance" label="Guidance" value={draft.request.guidance} placeholder={limits?.default_guidance} fault={fault} onChange={(value) => { putRequest({ guidance: value }) }} />}
          {limits?.size && <Amount name="request.width" label="Width" value={draft.request.width} placeholder={limits.size[0]} fault={fault} onChange={(value) => { putRequest({ width: value }) }} />}
          {limits?.size && <Amount name="request.height" label="Height" value={draft.request.height} placeholder={limits.size[1]} fault={fault} onChange={(value) => { putRequest({ height: value }) }} />}
          <Amount name="seed" label="Seed" value={draft.seed} placeholder="drawn" fault={fault} onChange={(value) => { put({ seed: value }) }} />
          <Amount name="radius" label="How far to go" value={draft.radius} placeholder={1} fault={fault} onChange={(value) => { put({ radius: value }) }} />
          <Amount name="repeats" label="A set again, every … rounds" value={draft.repeats} placeholder="never" fault={fault} onChange={(value) => { put({ repeats: value }) }} />
        </div>
        {(limits?.schedulers.length ?? 0) > 0 && <Choice name="request.scheduler" label="Scheduler" value={draft.request.scheduler ?? limits?.schedulers[0] ?? ""} options={limits?.schedulers ?? []} fault={fault} onChange={(value) => { putRequest({ scheduler: value }) }} />}
        <Kind name="basis" label="Where the axes come from" value={kindOf(draft.basis) ?? "attributes_pca"} kinds={strategies?.bases} fault={fault} onChange={(value) => { put({ basis: value }) }} />
        <Kind name="sampler" label="How pictures are proposed" value={kindOf(draft.sampler) ?? "auto"} kinds={strategies?.samplers} fault={fault} onChange={(value) => { put({ sampler: value }) }} />
        <Kind name="preference_model" label="How answers become a belief" value={kindOf(draft.preference_model) ?? "laplace_gp"} kinds={strategies?.preference_models} fault={fault} onChange={(value) => { put({ preference_model: value }) }} />
        <Choice name="seed_policy" label="Which pictures share their noise" value={draft.seed_policy ?? "fixed-per-round"} options={(strategies?.seed_policies ?? []).map(({ name }) => name)} fault={fault} onChange={(value) => { put({ seed_policy: value }) }} />
        <Text name="name" label="Name" value={draft.name} placeholder={draft.request.prompt} fault={fault} onChange={(value) => { put({ name: value }) }} />
      </div>
      <div className="column">
        <YamlField id="yaml" label="All of it as YAML" value={setup.text ?? { text: stringify(draft) }} fault={fault} onChange={setup.write} />
        <div className="row wrap">
          <SettingsFile source={setup.sent} name={draft.name || draft.request.prompt} disabled={!setup.isReadable}>Export as YAML</SettingsFile>
          <span className="field-hint">With every other setting explained, ready for <code>pilotage new --config</code>.</span>
        </div>
      </div>
    </div>
  )
}

/** The settings that were given: an emptied field leaves its place to the default. */
function given(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== undefined && value !== ""))
}

interface FieldProps<T> {
  name: string
  label: string
  value: T | null | undefined
  placeholder?: string | number | undefined
  fault: ProblemData | undefined
  onChange: (value: T) => void
}

function Text({ name, label, value, placeholder, fault, onChange }: FieldProps<string>) {
  const error = faultOn(fault, name)
  return (
    <label className="field">
      <span className="label">{label}</span>
      <input className="input" name={name} value={value ?? ""} placeholder={String(placeholder ?? "")} aria-invalid={error !== undefined} onChange={(event) => { onChange(event.target.value) }} />
      {error !== undefined && <span className="field-error">{error}</span>}
    </label>
  )
}

function Amount({ name, label, value, placeholder, fault, onChange }: FieldProps<number | null>) {
  const error = faultOn(fault, name)
  return (
    <label className="field">
      <span className="label">{label}</span>
      <input
        className="input" name={name} type="number" step="any" value={value ?? ""} placeholder={String(placeholder ?? "")} aria-invalid={error !== undefined}
        onChange={(event) => { onChange(event.target.value === "" ? null : event.target.valueAsNumber) }}
      />
      {error !== undefined && <span className="field-error">{error}</span>}
    </label>
  )
}

type KindProps = FieldProps<string> & { kinds: readonly StrategyKind[] | undefined }

/** A choice among strategies, with what the chosen one does. */
function Kind({ kinds = [], ...field }: KindProps) {
  const told = kinds.find(({ kind }) => kind === field.value)
  return (
    <div className="field">
      <Choice {...field} options={kinds.map(({ kind }) => kind)}><KindOptions kinds={kinds} /></Choice>
      {told && <p className="field-hint">{told.summary}</p>}
    </div>
  )
}

/** A choice among `options`; `children` are the same, when they come in groups. */
function Choice({ name, label, value, options, fault, onChange, children }: FieldProps<string> & { options: string[]; children?: ReactNode }) {
  const error = faultOn(fault, name)
  return (
    <label className="field">
      <span className="label">{label}</span>
      <select className="input" name={name} value={String(value)} aria-invalid={error !== undefined} onChange={(event) => { onChange(event.target.value) }}>
        {typeof value === "string" && !options.includes(value) && <option>{value}</option>}
        {children ?? options.map((option) => <option key={option}>{option}</option>)}
      </select>
      {error !== undefined && <span className="field-error">{error}</span>}
    </label>
  )
}
