import { useState } from "react"
import type { TasteAxis, TasteSettings } from "../../client/types"
import { Segmented } from "../../ui/Segmented"
import { Uncertain } from "../../ui/Uncertain"
import { axisInWords, HALF, isTold, SURENESS, surenessOf, type Sureness } from "./words"

type Opinion = NonNullable<TasteSettings["axes"]>[string]

interface AxisRowProps {
  one: TasteAxis
  radius: number
  /** Where each session that counts pointed; null where it said nothing. */
  pointed: (number | null)[]
  /** Undefined takes one's own word back. */
  onOpinion: (opinion: Opinion | undefined) => void
}

/** One axis: where the next session is expected, who says so, and one's own word instead. */
export function AxisRow({ one, radius, pointed, onOpinion }: AxisRowProps) {
  const [isOpen, setOpen] = useState(false)
  const { axis, opinion } = one
  const said = opinion === null ? "told" : opinion.mean == null ? "none" : "own"
  return (
    <li className="taste-axis">
      <span className="pole" title={axis.negative}>{axis.negative}</span>
      <Bar one={one} radius={radius} pointed={pointed} />
      <span className="pole" title={axis.positive}>{axis.positive}</span>
      <Uncertain value={one.mean} sd={one.sd} known={isTold(one)} title={axisInWords(one)} />
      <button type="button" className="button quiet" aria-expanded={isOpen} aria-label={`Correct ${axis.name}`} onClick={() => { setOpen(!isOpen) }}>
        {said === "told" ? "Correct" : said === "own" ? "your word" : "no opinion"}
      </button>
      {isOpen && (
        <div className="taste-word">
          <Segmented
            label={`On ${axis.name}`} value={said}
            options={[{ value: "told", label: "As told" }, { value: "own", label: "My own word" }, { value: "none", label: "No opinion" }]}
            onChange={(next) => { onOpinion(next === "told" ? undefined : next === "none" ? { mean: null, sd: SURENESS.about * radius } : { mean: rounded(one.told_mean), sd: SURENESS.about * radius }) }}
          />
          {opinion?.mean != null && <OwnWord key={opinion.mean} name={axis.name} opinion={opinion} mean={opinion.mean} radius={radius} onOpinion={onOpinion} />}
        </div>
      )}
    </li>
  )
}

function OwnWord({ name, opinion, mean, radius, onOpinion }: { name: string; opinion: Opinion; mean: number; radius: number; onOpinion: (opinion: Opinion) => void }) {
  const [at, setAt] = useState(mean)
  const { sd } = opinion
  const settle = () => { if (at !== mean) onOpinion({ mean: at, sd }) }
  return (
    <>
      <input
        type="range" min={-radius} max={radius} step={radius / 20} value={at} aria-label={`Where you like ${name}`}
        onChange={({ target }) => { setAt(rounded(Number(target.value))) }} onPointerUp={settle} onKeyUp={settle} onBlur={settle}
      />
      <Segmented
        label={`How sure of ${name}`} value={surenessOf(sd / radius)} options={(Object.keys(SURENESS) as Sureness[]).map((value) => ({ value, label: value }))}
        onChange={(word) => { onOpinion({ mean: at, sd: SURENESS[word] * radius }) }}
      />
    </>
  )
}

const rounded = (value: number) => Math.round(value * 100) / 100

/** 50 % and 90 % of the next sessions as bars, their middle as a line, the sessions so far as ticks. */
function Bar({ one, radius, pointed }: Pick<AxisRowProps, "one" | "radius" | "pointed">) {
  const x = (z: number) => (100 * (Math.min(radius, Math.max(-radius, z)) + radius)) / (2 * radius)
  const band = (low: number, high: number) => ({ x: x(low), width: Math.max(x(high) - x(low), 0.5) })
  const { mean, sd, low, high } = one
  return (
    <svg role="img" aria-label={axisInWords(one)} viewBox="0 0 100 28" preserveAspectRatio="none" data-told={isTold(one)}>
      <line className="ground" x1="0" x2="100" y1="16" y2="16" />
      <line className="prompt" x1="50" x2="50" y1="6" y2="26" />
      <rect className="outer" y="11" height="10" {...band(low, high)} />
      <rect className="inner" y="11" height="10" {...band(mean - HALF * sd, mean + HALF * sd)} />
      <line className="middle" x1={x(mean)} x2={x(mean)} y1="8" y2="24" />
      {pointed.map((z, i) => (z === null ? null : <line key={i} className="tick" x1={x(z)} x2={x(z)} y1="0" y2="6" />))}
    </svg>
  )
}
