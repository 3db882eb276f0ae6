import type { SetStateAction } from "react"
import type { Draft } from "./draft"

/** What an axis is called and says of itself. */
export function AboutAxis({ draft, onChange }: { draft: Draft; onChange: (next: SetStateAction<Draft>) => void }) {
  const put = (part: Partial<Draft>) => { onChange((now) => ({ ...now, ...part })) }
  const { poles, description, licence, length_matters } = draft
  return (
    <details className="card lx-self" open={description === ""}>
      <summary>Its ends, description and licence</summary>
      <div className="column">
        <div className="lx-poles">
          {(["negative", "positive"] as const).map((pole) => (
            <label key={pole} className="field">
              <span className="label">{pole === "negative" ? "One end (dose −1)" : "The other end (dose +1)"}</span>
              <input className="input" value={poles[pole]} maxLength={60} onChange={({ target }) => { put({ poles: { ...poles, [pole]: target.value } }) }} />
            </label>
          ))}
        </div>
        <label className="field">
          <span className="label">What changes, and what stays</span>
          <textarea className="input" rows={2} maxLength={2000} value={description} placeholder="What changes from one end to the other, and what stays the same." onChange={({ target }) => { put({ description: target.value }) }} />
        </label>
        <div className="lx-poles">
          <label className="field">
            <span className="label">Licence of the texts</span>
            <input className="input" value={licence} maxLength={200} onChange={({ target }) => { put({ licence: target.value }) }} />
          </label>
          <label className="row small"><input type="checkbox" checked={length_matters} onChange={({ target }) => { put({ length_matters: target.checked }) }} /> Its ends are meant to differ in length</label>
        </div>
      </div>
    </details>
  )
}
