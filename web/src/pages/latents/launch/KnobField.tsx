import { useId } from "react"
import type { Knob } from "../../../client/latents"
import { knobInWords } from "../shared/words"
import { aboutOf, boundsInWords, faultOf, type KnobSchema } from "./knobs"

interface KnobFieldProps {
  name: string
  schema: KnobSchema
  value: Knob
  /** What it is in the plain form, if that is something else. */
  plain?: Knob
  /** What the server says is wrong with it. */
  refused: string | null
  isProposed?: boolean
  onChange: (value: Knob) => void
}

/** One knob: its name, what it is, its bounds, and what is wrong with it beside it. */
export function KnobField({ name, schema, value, plain, refused, isProposed = false, onChange }: KnobFieldProps) {
  const id = useId()
  const fault = faultOf(value, schema) ?? refused
  const bounds = boundsInWords(schema)
  const common = { id, "aria-describedby": `${id}-about${fault ? ` ${id}-fault` : ""}`, "aria-invalid": fault !== null }
  return (
    <div className="knob" data-proposed={isProposed}>
      <label htmlFor={id}><code>{name}</code></label>
      {schema.type === "boolean" ? (
        <input type="checkbox" role="switch" checked={value === true} onChange={(event) => { onChange(event.target.checked) }} {...common} />
      ) : schema.enum ? (
        <select className="input" value={String(value)} onChange={(event) => { onChange(event.target.value) }} {...common}>
          {schema.enum.map((one) => <option key={one}>{one}</option>)}
        </select>
      ) : (
        <input className="input" inputMode={schema.type === "integer" ? "numeric" : "decimal"} autoComplete="off" value={String(value)} onChange={(event) => { onChange(event.target.value) }} {...common} />
      )}
      <p id={`${id}-about`} className="field-hint">
        {aboutOf(schema)}{bounds && <span className="bounds"> {bounds.charAt(0).toUpperCase()}{bounds.slice(1)}.</span>}
        {plain !== undefined && <span className="differs"> Plain form: {knobInWords(plain)}.</span>}
      </p>
      {fault && <p id={`${id}-fault`} className="field-error" role="alert">{fault}</p>}
    </div>
  )
}
