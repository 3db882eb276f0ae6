import { useState } from "react"
import type { Answered, LatentRunDetail } from "../../../client/latents"
import { AsTable } from "../../../ui/AsTable"
import { percent } from "../../../ui/format"
import { Segmented } from "../../../ui/Segmented"
import { configOf } from "../explore/files"
import { brief } from "../shared/words"
import type { Forward } from "./answers"
import { Bars } from "./Bars"
import { Moved } from "./Moved"

interface LatentProps {
  run: LatentRunDetail
  epoch: number
  picture: number
  passed: Answered<Forward>
}
const KEYS = [{ value: "mu", label: "Mean μ" }, { value: "z_sample", label: "Drawn z" }, { value: "logvar", label: "Log variance" }] as const
type Key = "z" | (typeof KEYS)[number]["value"]

/** The few numbers between encoder and decoder, what they say of the picture, and what moving one of them does. */
export function Latent({ run, epoch, picture, passed }: LatentProps) {
  const vectors = passed.json["latent.json"].data
  const [asked, setAsked] = useState<Key>("mu")
  const [dim, setDim] = useState(0)
  const key: Key = vectors.mu ? asked : "z"
  const values = vectors[key] ?? []
  const chosen = dim < values.length ? dim : 0
  const shares = vectors.qc_probs ?? vectors.label_probs
  const names = vectors.qc_probs ? vectors.qc_probs.map((_, c) => `component ${String(c)}`) : configOf(run).data.class_names
  return (
    <section className="nw-latent card" aria-labelledby="nw-latent">
      <div className="row wrap">
        <h2 id="nw-latent" className="grow">In {values.length} numbers</h2>
        {vectors.mu && <Segmented label="Vector" value={asked} options={KEYS} onChange={setAsked} />}
      </div>
      <div className="nw-vectors">
        <div>
          <h3>{key === "z" ? "z" : KEYS.find(({ value }) => value === key)?.label}</h3>
          <p className="small soft">{ABOUT[key]} Choose a coordinate to move it.</p>
          <Bars label="Coordinates" names={values.map((_, i) => `z${String(i)}`)} values={values} most={Math.max(...values.map(Math.abs))} chosen={chosen} onChoose={setDim} />
        </div>
        <Moved key={`${key} ${String(chosen)}`} run={run.id} epoch={epoch} picture={picture} vector={key} dim={chosen} values={values} passed={passed} />
        {shares && (
          <div>
            <h3>{vectors.qc_probs ? "Which component: q(c|x)" : "Which label"}</h3>
            <p className="small soft">{vectors.qc_probs ? "How far each Gaussian of the mixture claims the picture." : "What the head reads from z."}</p>
            <Bars label={vectors.qc_probs ? "Responsibilities" : "Label probabilities"} names={names} values={shares} most={1} inWords={percent} />
          </div>
        )}
      </div>
      <AsTable
        title="The vectors" columns={["coordinate", ...Object.keys(vectors).filter((name) => !name.endsWith("_probs"))]}
        rows={values.map((_, i) => ({ isHere: i === chosen, cells: [i, ...Object.entries(vectors).filter(([name]) => !name.endsWith("_probs")).map(([, vector]) => brief(vector[i] ?? NaN))] }))}
      />
    </section>
  )
}

const ABOUT: Record<Key, string> = {
  z: "All that the decoder gets to know.",
  mu: "Where the encoder puts the picture.",
  z_sample: "One place drawn from around the mean: what the decoder drew above was made from it.",
  logvar: "How unsure the encoder is of each coordinate.",
}
