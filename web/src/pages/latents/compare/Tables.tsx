import type { ReactNode } from "react"
import type { LatentRunDetail } from "../../../client/latents"
import { configOf } from "../explore/files"
import { brief, FIGURES, knobInWords } from "../shared/words"
import { differences, metricsOf } from "./sides"

interface Runs {
  a: LatentRunDetail
  b: LatentRunDetail
}

/** Where the configurations differ. */
export function Knobs({ a, b }: Runs) {
  const found = differences({ data: a.data, ...configOf(a).training }, { data: b.data, ...configOf(b).training })
  return (
    <Pair title="Knobs that differ" empty="Both were asked for the same." rows={found.map(({ knob, values }) => ({ name: <code>{knob}</code>, values: values.map(knobInWords) }))} />
  )
}

/** What the last epochs came to. */
export function Figures({ a, b }: Runs) {
  const place = (metric: string) => FIGURES.findIndex((one) => one.metric === metric) >>> 0 // those of no name come last
  const rows = metricsOf(a, b).sort((x, y) => place(x.metric) - place(y.metric)).map(({ metric, values }) => {
    const figure = FIGURES.find((one) => one.metric === metric)
    const inWords = figure?.inWords ?? brief
    return { name: figure ? <span title={figure.means}>{figure.name}</span> : <code>{metric}</code>, values: values.map((value) => (value === null ? "–" : inWords(value))) }
  })
  return <Pair title="After the last epoch" empty="Neither has come to the end of an epoch." rows={rows} />
}

function Pair({ title, empty, rows }: { title: string; empty: string; rows: readonly { name: ReactNode; values: readonly string[] }[] }) {
  return (
    <section className="card compare-pair" aria-label={title}>
      <h2>{title}</h2>
      {rows.length === 0 ? <p className="note">{empty}</p> : (
        <table>
          <thead><tr><td /><th scope="col">A</th><th scope="col">B</th></tr></thead>
          <tbody>{rows.map(({ name, values }, i) => <tr key={i}><th scope="row">{name}</th>{values.map((value, side) => <td key={side}>{value}</td>)}</tr>)}</tbody>
        </table>
      )}
    </section>
  )
}
