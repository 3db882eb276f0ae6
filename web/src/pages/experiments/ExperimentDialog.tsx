import { lazy, Suspense, useState } from "react"
import { problemOf } from "../../client/problem"
import type { ExperimentText } from "../../client/types"
import { Dialog } from "../../ui/Dialog"
import { Problem } from "../../ui/Problem"
import { faultOn } from "../setup/fault"
import type { Reading } from "../setup/yaml"
import { useCheck } from "../setup/useSetup"

const BaseSettings = lazy(() => import("./BaseSettings"))

interface ExperimentDialogProps {
  title: string
  act: string
  given: ExperimentText
  error: unknown
  isBusy: boolean
  onSave: (text: ExperimentText) => void
  onClose: () => void
}

/** What an experiment is called, what it asks, and what its sessions start with. */
export function ExperimentDialog({ title, act, given, error, isBusy, onSave, onClose }: ExperimentDialogProps) {
  const [name, setName] = useState(given.name)
  const [asks, setAsks] = useState(given.description ?? "")
  const [base, setBase] = useState<Reading>({ text: "", value: given.config })
  const isEmpty = base.value === null || base.value === undefined || (typeof base.value === "object" && Object.keys(base.value).length === 0)
  const check = useCheck(base.value ?? {}, !isEmpty && base.error === undefined)
  const wrong = check.error && !isEmpty && base.error === undefined ? problemOf(check.error) : undefined
  const refused = error ? problemOf(error) : undefined
  const onName = faultOn(refused, "name")
  const isReady = name.trim() !== "" && base.error === undefined && wrong === undefined && !isBusy
  return (
    <Dialog title={title} isOpen wide onClose={onClose}>
      <form
        className="column"
        onSubmit={(event) => { event.preventDefault(); if (isReady) onSave({ name: name.trim(), description: asks.trim(), config: (isEmpty ? {} : base.value) as ExperimentText["config"] }) }}
      >
        <label className="field">
          <span className="label">Name</span>
          <input className="input" value={name} maxLength={200} placeholder="Samplers on foxes" aria-invalid={onName !== undefined} onChange={(event) => { setName(event.target.value) }} />
          {onName !== undefined && <span className="field-error">{onName}</span>}
        </label>
        <label className="field">
          <span className="label">What it asks</span>
          <textarea className="input" rows={2} value={asks} maxLength={10_000} placeholder="Which sampler gets there in fewer rounds?" onChange={(event) => { setAsks(event.target.value) }} />
        </label>
        <Suspense fallback={<div className="skeleton" style={{ height: 240 }} />}>
          <BaseSettings given={given.config} value={base} fault={wrong} onChange={setBase} />
        </Suspense>
        {refused && onName === undefined && <Problem problem={refused} />}
        <div className="row wrap end">
          <button type="button" className="button" onClick={onClose}>Cancel</button>
          <button type="submit" className="button primary" disabled={!isReady}>{act}</button>
        </div>
      </form>
    </Dialog>
  )
}
