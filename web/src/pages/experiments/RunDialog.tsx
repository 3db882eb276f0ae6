import { useQuery } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { useLab } from "../../client/context"
import { problemOf } from "../../client/problem"
import { sessionQuery, useStrategies } from "../../client/queries"
import type { Draft, Problem as ProblemData } from "../../client/types"
import { Dialog } from "../../ui/Dialog"
import { Problem } from "../../ui/Problem"
import KindOptions, { type StrategyKind } from "../KindOptions"
import { faultOn } from "../setup/fault"
import "./experiments.css"
import { useRun } from "./queries"
import { changed, kindOf, type Change } from "./run"

interface RunDialogProps {
  /** The settings to begin with, or the session that has them. */
  source: object | string
  experimentId: string | null
  title?: string
  onClose: () => void
}

/** A session with the same settings, but for what is changed here. */
export function RunDialog({ source, experimentId, title = "Run the same with…", onClose }: RunDialogProps) {
  const isSession = typeof source === "string"
  const session = useQuery({ ...sessionQuery(useLab(), isSession ? source : ""), enabled: isSession })
  const base: Partial<Draft> | undefined = isSession ? session.data?.config : source
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      {base && <RunForm base={base} experimentId={experimentId} onClose={onClose} />}
      {session.isError && <Problem problem={problemOf(session.error)} onRetry={() => void session.refetch()} />}
    </Dialog>
  )
}

function RunForm({ base, experimentId, onClose }: { base: Partial<Draft>; experimentId: string | null; onClose: () => void }) {
  const [change, setChange] = useState<Change>({ prompt: base.request?.prompt ?? "", seed: "" })
  const strategies = useStrategies().data
  const run = useRun(experimentId)
  const navigate = useNavigate()
  const fault = run.error ? problemOf(run.error) : undefined
  const put = (part: Partial<Change>) => { setChange({ ...change, ...part }) }
  const begin = () => {
    run.mutate(changed(base, change), {
      onSuccess: ({ id }) => { onClose(); void navigate({ to: "/sessions/$sessionId", params: { sessionId: id } }) },
    })
  }
  const isOther = fault !== undefined && !["request.prompt", "seed"].some((field) => faultOn(fault, field) !== undefined)
  return (
    <form className="column" onSubmit={(event) => { event.preventDefault(); begin() }}>
      <label className="field">
        <span className="label">What to see</span>
        <input className="input" value={change.prompt} maxLength={2000} onChange={(event) => { put({ prompt: event.target.value }) }} />
        <Refused fault={fault} field="request.prompt" />
      </label>
      <label className="field">
        <span className="label">Seed</span>
        <span className="row">
          <input className="input grow" inputMode="numeric" value={change.seed} placeholder="another, drawn by lot" onChange={(event) => { put({ seed: event.target.value }) }} />
          {typeof base.seed === "number" && <button type="button" className="button" onClick={() => { put({ seed: String(base.seed) }) }}>The same: {base.seed}</button>}
        </span>
        <Refused fault={fault} field="seed" />
      </label>
      <Kind label="How pictures are proposed" now={kindOf(base.sampler)} value={change.sampler} kinds={strategies?.samplers} onChange={(sampler) => { put({ sampler }) }} />
      <Kind label="How answers become a belief" now={kindOf(base.preference_model)} value={change.preference_model} kinds={strategies?.preference_models} onChange={(preference_model) => { put({ preference_model }) }} />
      <Kind label="Where the axes come from" now={kindOf(base.basis)} value={change.basis} kinds={strategies?.bases} onChange={(basis) => { put({ basis }) }} />
      {isOther && <Problem problem={fault} onRetry={begin} />}
      <div className="row wrap end">
        <button type="button" className="button" onClick={onClose}>Cancel</button>
        <button type="submit" className="button primary" disabled={run.isPending || change.prompt.trim() === ""}>{run.isPending ? "Starting…" : "Start"}</button>
      </div>
    </form>
  )
}

function Refused({ fault, field }: { fault: ProblemData | undefined; field: string }) {
  const words = faultOn(fault, field)
  return words === undefined ? null : <span className="field-error">{words}</span>
}

interface KindProps {
  label: string
  now: string | undefined
  value: string | undefined
  kinds: readonly StrategyKind[] | undefined
  onChange: (kind: string | undefined) => void
}

function Kind({ label, now, value, kinds = [], onChange }: KindProps) {
  const told = kinds.find(({ kind }) => kind === (value ?? now))
  return (
    <label className="field">
      <span className="label">{label}</span>
      <select className="input" value={value ?? ""} onChange={(event) => { onChange(event.target.value || undefined) }}>
        <option value="">as it is{now === undefined ? "" : `: ${now}`}</option>
        <KindOptions kinds={kinds.filter(({ kind }) => kind !== now)} />
      </select>
      {told && <span className="field-hint">{told.summary}</span>}
    </label>
  )
}
