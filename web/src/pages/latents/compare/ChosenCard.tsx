import type { LatentRunDetail } from "../../../client/latents"
import { count } from "../../../ui/format"
import { configOf, epochsOf, pathOf, useRunFile, type Health, type Method } from "../explore/files"
import { countsOf, labelOf, rowsOf } from "../explore/selecting"
import { PicturesContext, Tile, usePictures } from "../explore/sprite"
import { Bars } from "../explore/SelectionCard"

const SHOWN = 80

interface ChosenCardProps {
  runs: readonly [LatentRunDetail, LatentRunDetail]
  /** Of the set. */
  pictures: readonly number[]
  method: Method
  onClear: () => void
}

/** What was chosen on either map: what it is, and where each run puts it. */
export function ChosenCard({ runs: [a, b], pictures, method, onClear }: ChosenCardProps) {
  const config = configOf(a)
  const rows = rowsOf(config, pictures)
  const sprite = usePictures(a)
  const labels = config.data.viz_labels
  return (
    <section className="card atlas-card compare-chosen" aria-label="What you chose">
      <header className="row"><h2 className="grow">{count(pictures.length, "picture")}</h2><button type="button" className="button quiet" onClick={onClear}>Clear</button></header>
      <div className="compare-bars">
        {labels && <Bars title="By label" groups={config.data.class_names.length} counts={countsOf(rows, labels, (label) => config.data.class_names[label] ?? String(label))} />}
        <Components name="A" run={a} pictures={pictures} method={method} />
        <Components name="B" run={b} pictures={pictures} method={method} />
      </div>
      <PicturesContext value={sprite}>
        <ul className="atlas-pictures">{rows.slice(0, SHOWN).map((row) => <li key={row}><Tile row={row} size={30} alt={labelOf(config, row) ?? `picture ${String(config.viz_indices[row])}`} /></li>)}</ul>
      </PicturesContext>
    </section>
  )
}

function Components({ name, run, pictures, method }: { name: string; run: LatentRunDetail; pictures: readonly number[]; method: Method }) {
  const epoch = epochsOf(run, method, 2).at(-1)
  const health = useRunFile<Health>(run, epoch === undefined || run.kind !== "gmvae" ? null : pathOf("mixture_health", epoch)).data
  if (!health) return null
  const counts = countsOf(rowsOf(configOf(run), pictures), health.data.component, (component) => `component ${String(component)}`)
  return <Bars title={`In ${name}, epoch ${String(epoch)}`} groups={health.components} counts={counts} />
}
