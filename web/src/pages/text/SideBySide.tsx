import { useState } from "react"
import type { Doses } from "../../client/language"
import { count as counted } from "../../ui/format"
import { Problem } from "../../ui/Problem"
import { Segmented } from "../../ui/Segmented"
import { activeOf, doseInWords, isReady, spreadDoses, type Ready } from "./doses"
import { contextOf, type Turn } from "./thread"
import type { Settings } from "./useSettings"
import { useAxes } from "./useTalk"
import { Text } from "./Text"
import { useSpoken } from "./useSpoken"

const COUNTS = [3, 5, 7, 9].map((n) => ({ value: String(n), label: String(n) }))

interface SideBySideProps {
  model: string
  /** What the other axes stand at. */
  doses: Doses
  /** What was said, which the answers go on from. */
  thread: Turn[]
  settings: Settings
  /** What to begin from: the last that was asked. */
  prompt: string
  onKeep: (axis: string, dose: number) => void
}

/** One message, answered at several doses of one axis in one batch, with the same draw: only the push differs. */
export function SideBySide({ model, doses, thread, settings, prompt: before, onKeep }: SideBySideProps) {
  const ready = useAxes(model).data?.filter(isReady) ?? []
  const [name, setName] = useState("")
  const [count, setCount] = useState("3")
  const [prompt, setPrompt] = useState(before)
  const [goesOn, setGoesOn] = useState(true)
  const [asked, setAsked] = useState<{ axis: Ready; steps: number[] } | null>(null)
  const { spoken, problem, start, stop, isRunning } = useSpoken()
  const axis = ready.find((one) => one.name === name) ?? ready[0]
  if (axis === undefined) return <p className="soft">No axis is measured with this model yet. Measure one on the side, then compare its doses here.</p>
  const context = contextOf(goesOn ? thread : [], settings.system, prompt)
  const said = context.filter(({ role }) => role !== "system").length
  const compare = () => {
    const steps = spreadDoses(Number(count))
    setAsked({ axis, steps })
    const variants = steps.map((dose) => ({ steering: activeOf({ ...doses, [axis.name]: dose }) }))
    void start({ model, messages: [...context, { role: "user", content: prompt.trim() }], variants, sampling: { ...settings.sampling, max_tokens: 120, seed: settings.sampling.seed ?? 1 } })
  }
  return (
    <section className="column side" aria-label="Side by side">
      <form className="column" onSubmit={(event) => { event.preventDefault(); compare() }}>
        <label className="field">
          <span className="label">What all of them answer</span>
          <textarea className="input" rows={2} value={prompt} onChange={({ target }) => { setPrompt(target.value) }} />
        </label>
        {thread.length > 0 && (
          <label className="row small">
            <input type="checkbox" checked={goesOn} onChange={({ target }) => { setGoesOn(target.checked) }} />
            Go on from this conversation{goesOn && <span className="muted">{said === 0 ? "from its beginning" : `after ${counted(said, "message")}`}</span>}
          </label>
        )}
        <div className="row wrap">
          <select className="input side-axis" aria-label="Axis" value={axis.name} onChange={({ target }) => { setName(target.value) }}>
            {ready.map((one) => <option key={one.name} value={one.name}>{one.poles.negative} ↔ {one.poles.positive}</option>)}
          </select>
          <Segmented label="How many doses" value={count} options={COUNTS} onChange={setCount} />
          <span className="grow" />
          {isRunning
            ? <button type="button" className="button" onClick={stop}>Stop</button>
            : <button type="submit" className="button primary" disabled={prompt.trim() === ""}>Compare</button>}
        </div>
      </form>
      {problem && <Problem problem={problem} onRetry={compare} />}
      <ol className="side-cards" aria-busy={isRunning}>
        {asked?.steps.map((dose, i) => (
          <li key={dose} className="card spoken" data-neutral={dose === 0}>
            <h3>{doseInWords(asked.axis, dose)}</h3>
            <p><Text of={spoken[i]} /></p>
            <button
              type="button" className="button quiet" disabled={spoken[i]?.finish === null}
              onClick={() => { onKeep(asked.axis.name, dose) }}
            >
              Use this dose<span className="hidden-visually">: {doseInWords(asked.axis, dose)}</span>
            </button>
          </li>
        ))}
      </ol>
      {asked && <p className="field-hint">The same message, the same draw of words: what differs is the push alone. Other sliders count as they stand.</p>}
    </section>
  )
}
