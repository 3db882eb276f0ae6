import { useState } from "react"
import { problemOf } from "../../client/problem"
import { Problem } from "../../ui/Problem"
import { USUAL, type Drawing, type Settings } from "./useSettings"

const MOST_SEED = 2 ** 31 - 1

/** What few need: what the model is told first, and how its words are drawn. */
export function Advanced({ settings }: { settings: Settings }) {
  const { drawing, setDrawing, system, setSystem, systemError } = settings
  const isUsual = system === "" && JSON.stringify(drawing) === JSON.stringify(USUAL)
  const change = (changes: Partial<Drawing>) => { setDrawing({ ...drawing, ...changes }) }
  return (
    <details className="advanced">
      <summary>Advanced{!isUsual && <span className="badge">changed</span>}</summary>
      <div className="column">
        <SystemMessage key={system} system={system} onSystem={setSystem} />
        {systemError && <Problem problem={problemOf(systemError)} />}
        <div className="drawing">
          <Ranged label="Temperature" hint="0 takes the likeliest word each time" most={2} step={0.1} value={drawing.temperature} onValue={(temperature) => { change({ temperature }) }} />
          <Ranged label="Top p" hint="draws among the likeliest words only" most={1} least={0.05} step={0.05} value={drawing.topP} onValue={(topP) => { change({ topP }) }} />
          <label className="field">
            <span className="label">Seed</span>
            <input
              className="input mono" inputMode="numeric" placeholder="another each time" value={drawing.seed ?? ""}
              onChange={({ target }) => {
                const digits = target.value.replace(/\D/g, "")
                change({ seed: digits === "" ? null : Math.min(Number(digits), MOST_SEED) })
              }}
            />
            <span className="field-hint">the same seed and doses give the same answer</span>
          </label>
        </div>
        <div className="row end"><button type="button" className="button quiet" disabled={isUsual} onClick={() => { setSystem(""); setDrawing(USUAL) }}>As usual</button></div>
      </div>
    </details>
  )
}

/** It counts once it is left: each letter would change what the model reads. */
function SystemMessage({ system, onSystem }: { system: string; onSystem: (system: string) => void }) {
  const [text, setText] = useState(system)
  return (
    <label className="field">
      <span className="label">System message</span>
      <textarea
        className="input" rows={2} maxLength={20_000} placeholder="You are a helpful assistant who answers in one paragraph." value={text}
        onChange={({ target }) => { setText(target.value) }} onBlur={() => { onSystem(text.trim()) }}
      />
      <span className="field-hint">What the model is told before anything else, from its next answer on.</span>
    </label>
  )
}

interface RangedProps {
  label: string
  hint: string
  least?: number
  most: number
  step: number
  value: number
  onValue: (value: number) => void
}

const Ranged = ({ label, hint, least = 0, most, step, value, onValue }: RangedProps) => (
  <label className="field">
    <span className="label">{label} <output>{value.toFixed(2)}</output></span>
    <input type="range" min={least} max={most} step={step} value={value} onChange={({ target }) => { onValue(Number(target.value)) }} />
    <span className="field-hint">{hint}</span>
  </label>
)
