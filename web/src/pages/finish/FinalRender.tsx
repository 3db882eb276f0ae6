import { useMutation } from "@tanstack/react-query"
import { useState } from "react"
import { useLab } from "../../client/context"
import { problemOf } from "../../client/problem"
import { useModels } from "../../client/queries"
import type { Config, SessionView } from "../../client/types"
import { Problem } from "../../ui/Problem"
import { RenderResult } from "./RenderResult"

/** The picture once more, at the steps and size that it deserves. */
export function FinalRender({ session, candidateId }: { session: SessionView; candidateId: string }) {
  const lab = useLab()
  const { request } = session.config as unknown as Config
  const model = useModels().data?.find(({ ref }) => ref === session.model)
  const limits = model?.capabilities
  const [steps, setSteps] = useState(request.steps ?? 10)
  const [width, setWidth] = useState(request.width ?? null)
  const [height, setHeight] = useState(request.height ?? null)
  const final = useMutation({
    mutationFn: () =>
      lab.renderFinal(session.id, candidateId, {
        ...(limits?.max_steps === 0 ? {} : { steps }), ...(width === null ? {} : { width }), ...(height === null ? {} : { height }),
      }),
  })
  const fault = final.error ? problemOf(final.error) : undefined
  const sizes = { step: limits?.size_multiple ?? 8, min: limits?.size_multiple ?? 8, max: limits?.max_size ?? 2048 }
  return (
    <section className="column">
      <h2>Render it final</h2>
      <form className="row wrap final-form" onSubmit={(event) => { event.preventDefault(); final.mutate() }}>
        {limits?.max_steps !== 0 && <NumberField label="Steps" value={steps} min={1} max={limits?.max_steps ?? 200} step={1} isWrong={fault?.field === "request.steps"} onChange={setSteps} />}
        {width !== null && <NumberField label="Width" value={width} {...sizes} isWrong={fault?.field === "request.width"} onChange={setWidth} />}
        {height !== null && <NumberField label="Height" value={height} {...sizes} isWrong={fault?.field === "request.height"} onChange={setHeight} />}
        <button type="submit" className="button" disabled={final.isPending}>Render final</button>
      </form>
      {fault && <Problem problem={fault} />}
      {final.data && <RenderResult jobId={final.data.id} count={1} onRetry={() => { final.mutate() }} />}
    </section>
  )
}

interface NumberFieldProps {
  label: string
  value: number
  min: number
  max: number
  step: number
  isWrong: boolean
  onChange: (value: number) => void
}

function NumberField({ label, value, min, max, step, isWrong, onChange }: NumberFieldProps) {
  return (
    <label className="field number">
      <span className="label">{label}</span>
      <input className="input" type="number" inputMode="numeric" value={Number.isNaN(value) ? "" : value} min={min} max={max} step={step} aria-invalid={isWrong} onChange={(event) => { onChange(event.target.valueAsNumber) }} />
    </label>
  )
}
