import { useState } from "react"
import type { AxisReport } from "../../client/axes"
import { Segmented } from "../../ui/Segmented"
import { doseInWords } from "../text/doses"

const HOW_MANY = [{ value: "five", label: "Five doses" }, { value: "all", label: "All" }] as const

/** What one prompt got at each dose, from one batch with the same noise. */
export function Samples({ report: { samples, doses, poles } }: { report: AxisReport }) {
  const [at, setAt] = useState(0)
  const [many, setMany] = useState<(typeof HOW_MANY)[number]["value"]>("five")
  const sample = samples[at % samples.length]
  if (sample === undefined) return null
  const places = doses.map((_, i) => i).filter((i) => many === "all" || doses.length < 7 || i % 2 === 0)
  const step = (by: number) => { setAt((at + by + samples.length) % samples.length) }
  return (
    <section aria-labelledby="lx-samples">
      <div className="row wrap">
        <h2 id="lx-samples" className="grow">Side by side</h2>
        <Segmented label="Doses" value={many} options={HOW_MANY} onChange={setMany} />
      </div>
      <div className="lx-asked">
        <button type="button" className="button" aria-label="Prompt before" onClick={() => { step(-1) }}>‹</button>
        <select className="input" aria-label="Prompt" value={at} onChange={({ target }) => { setAt(Number(target.value)) }}>
          {samples.map(({ prompt }, i) => <option key={i} value={i}>{prompt}</option>)}
        </select>
        <button type="button" className="button" aria-label="Next prompt" onClick={() => { step(1) }}>›</button>
      </div>
      <ul className="lx-samples" data-many={many} tabIndex={0} aria-label="Texts by dose">
        {places.map((i) => {
          const dose = doses[i] ?? 0
          const text = sample.texts[i]?.trim() ?? ""
          return (
            <li key={dose} className="card" data-side={Math.sign(dose)}>
              <h3>{doseInWords({ poles }, dose)}</h3>
              <p>{text === "" ? <span className="muted">It wrote nothing.</span> : text}</p>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
