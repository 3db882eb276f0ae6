import type { LatentRunDetail } from "../../../client/latents"
import { count } from "../../../ui/format"
import { configOf, epochsOf, pathOf, useRunFile, type Health, type Method } from "../explore/files"
import { countsOf, labelOf, rowsOf } from "../explore/selecting"
import { PicturesContext, Tile, usePictures } from "../explore/sprite"
import { Bars } from "../explore/SelectionCard"

const SHOWN = 80

export interface Side {
  /** A or B. */
  name: string
  run: LatentRunDetail
}
interface ChosenCardProps {
  /** The runs whose maps show them. */
  sides: [Side, ...Side[]]
  /** Of their set. */
  pictures: readonly number[]
  method: Method
  onClear: () => void
}

/** What was chosen on a map: what it is, and where each run that shows it puts it. */
export function ChosenCard({ sides, pictures, method, onClear }: ChosenCardProps) {
  const [{ run, name }] = sides
  const config = configOf(run)
  const rows = rowsOf(config, pictures)
  const sprite = usePictures(run)
  const labels = config.data.viz_labels
  return (
    <section className="card atlas-card compare-chosen" aria-label={sides.length > 1 ? "What you chose" : `What you chose in ${name}`}>
      <header className="row"><h2 className="grow">{count(pictures.length, "picture")}{sides.length === 1 && ` in ${name}`}</h2><button type="button" className="button quiet" onClick={onClear}>Clear</button></header>
      <div className="compare-bars">
        {labels && <Bars title="By label" groups={config.data.class_names.length} counts={countsOf(rows, labels, (label) => config.data.class_names[label] ?? String(label))} />}
        {sides.map((side) => <Components key={side.name} {...side} pictures={pictures} method={method} />)}
      </div>
      <PicturesContext value={sprite}>
        <ul className="atlas-pictures">{rows.slice(0, SHOWN).map((row) => <li key={row}><Tile row={row} size={30} alt={labelOf(config, row) ?? `picture ${String(config.viz_indices[row])}`} /></li>)}</ul>
      </PicturesContext>
    </section>
  )
}

function Components({ name, run, pictures, method }: Side & { pictures: readonly number[]; method: Method }) {
  const epoch = epochsOf(run, method, 2).at(-1)
  const health = useRunFile<Health>(run, epoch === undefined || run.kind !== "gmvae" ? null : pathOf("mixture_health", epoch)).data
  if (!health) return null
  const counts = countsOf(rowsOf(configOf(run), pictures), health.data.component, (component) => `component ${String(component)}`)
  return <Bars title={`In ${name}, epoch ${String(epoch)}`} groups={health.components} counts={counts} />
}
