import { useState } from "react"
import type { Answered } from "../../../client/latents"
import { problemOf } from "../../../client/problem"
import { Problem } from "../../../ui/Problem"
import { useAnswer, type Forward, type Moved as Answer } from "./answers"
import { cell, term } from "./step"
import { useCalm } from "./useCalm"

interface MovedProps {
  run: string
  epoch: number
  picture: number
  vector: "z" | "mu" | "z_sample" | "logvar"
  dim: number
  values: readonly number[]
  passed: Answered<Forward>
}
const SHARES = [-1, -0.5, 0, 0.5, 1]

/** One coordinate, moved by hand: what the decoder draws then, beside what it draws of the others' way. */
export function Moved({ run, epoch, picture, vector, dim, values, passed }: MovedProps) {
  const reach = Math.max(2, Math.ceil(Math.max(...values.map(Math.abs)) / 2))
  const [delta, setDelta] = useState(reach / 2)
  const calm = useCalm(delta, 90)
  const about = { run, epoch, i: picture, vector, d: dim }
  const answer = useMoved({ ...about, delta: calm })
  const said = answer.data?.json["meta.json"]
  const name = `z${String(dim)}`
  return (
    <div className="nw-moved">
      <h3>{name}, moved</h3>
      <p className="small soft">Everything else stays as it is. {said && <>The decoder gets <span className="mono">{said.path}</span>, with {name} at {cell(said.new_value)} in place of {cell(said.base_value)}.</>}</p>
      {answer.error && <Problem problem={problemOf(answer.error)} onRetry={() => { void answer.refetch() }} />}
      <div className="nw-pair" data-stale={answer.isPlaceholderData || calm !== delta}>
        <figure><img src={passed.url("input.png")} alt="" /><figcaption>picture</figcaption></figure>
        <Drawn {...about} delta={0} caption="as it is" />
        <figure>{answer.data ? <img src={answer.data.url("recon.png")} alt={`Drawn with ${name} ${term(calm, 2)}`} /> : <span className="skeleton" />}<figcaption>{term(delta, 2)}</figcaption></figure>
      </div>
      <label className="nw-slider">
        <span className="mono">{cell(-reach, 0)}</span>
        <input type="range" min={-reach} max={reach} step={reach / 20} value={delta} aria-label={`${name} moved by`} aria-valuetext={term(delta, 2)} onChange={(event) => { setDelta(Number(Number(event.target.value).toFixed(3))) }} />
        <span className="mono">+{cell(reach, 0)}</span>
      </label>
      <div className="nw-film" role="group" aria-label={`The way of ${name}`}>
        {SHARES.map((share) => (
          <button key={share} type="button" aria-label={`Move ${name} by ${term(share * reach, 1)}`} aria-pressed={delta === share * reach} onClick={() => { setDelta(share * reach) }}>
            <Drawn {...about} delta={share * reach} caption={share === 0 ? "0" : term(share * reach, 1)} />
          </button>
        ))}
      </div>
    </div>
  )
}

interface Asked {
  run: string
  epoch: number
  i: number
  vector: MovedProps["vector"]
  d: number
  delta: number
}

function useMoved({ run, vector, ...question }: Asked) {
  return useAnswer<Answer>(run, { ask: "perturb", key: vector, ...question })
}

function Drawn({ caption, ...asked }: Asked & { caption: string }) {
  const answer = useMoved(asked)
  return (
    <figure data-stale={answer.isPlaceholderData}>
      {answer.data ? <img src={answer.data.url("recon.png")} alt="" /> : <span className="skeleton" />}
      <figcaption>{caption}</figcaption>
    </figure>
  )
}
