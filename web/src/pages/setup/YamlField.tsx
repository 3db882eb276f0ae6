import { useRef } from "react"
import type { Problem as ProblemData } from "../../client/types"
import { faultOn } from "./fault"
import { lineOf, reading, type Reading } from "./yaml"

interface YamlFieldProps {
  id: string
  label: string
  value: Reading
  fault: ProblemData | undefined
  rows?: number
  onChange: (value: Reading) => void
}

const MOST_BYTES = 1_000_000

/** Settings as text, typed, pasted or from a file; what is wrong is told by its field and its line. */
export default function YamlField({ id, label, value, fault, rows = 18, onChange }: YamlFieldProps) {
  const file = useRef<HTMLInputElement>(null)
  const refused = fault?.field ? faultOn(fault, fault.field) : undefined
  const error = value.error ?? refused
  const line = value.error === undefined && refused !== undefined && fault ? lineOf(value.text, fault.field) : null
  const take = async (given: File | undefined) => {
    if (given === undefined) return
    onChange(given.size > MOST_BYTES ? { text: value.text, error: `${given.name} is too large to be settings` } : reading(await given.text()))
  }
  return (
    <div className="field yaml">
      <div className="row">
        <label htmlFor={id} className="label grow">{label}</label>
        <button type="button" className="button quiet" onClick={() => { file.current?.click() }}>Import a file</button>
        <input
          ref={file} type="file" accept=".yaml,.yml,application/yaml,text/yaml" hidden aria-label="YAML file"
          onChange={(event) => { void take(event.target.files?.[0]); event.target.value = "" }}
        />
      </div>
      <textarea
        id={id} className="input mono" spellCheck={false} rows={rows} value={value.text} aria-invalid={error !== undefined} aria-describedby={`${id}-error`}
        onChange={(event) => { onChange(reading(event.target.value)) }}
      />
      <p id={`${id}-error`} className="field-error" aria-live="polite">
        {error !== undefined && <>{line !== null && `Line ${String(line)}: `}{error}</>}
      </p>
    </div>
  )
}
