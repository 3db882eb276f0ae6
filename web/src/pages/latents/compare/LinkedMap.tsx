import { Link } from "@tanstack/react-router"
import { useMemo, useState } from "react"
import type { LatentRunDetail } from "../../../client/latents"
import { problemOf } from "../../../client/problem"
import { Problem } from "../../../ui/Problem"
import { useTheme } from "../../../ui/theme"
import { epochAt, type Colour } from "../explore/address"
import { colours, painted as paintedBy } from "../explore/colouring"
import { factsOf, pointInWords } from "../explore/facts"
import { configOf, epochsOf, type Method } from "../explore/files"
import { Scrubber } from "../explore/Scrubber"
import { fitOf, placed } from "../explore/scales"
import { rowsOf } from "../explore/selecting"
import { PicturesContext, Tile, usePictures } from "../explore/sprite"
import { Stage } from "../explore/Stage"
import { useBundle, usePrefetch, type Bundle } from "../explore/useBundle"
import type { Choices } from "../explore/useChoices"
import { UNLINKED, useLayers } from "../explore/useLayers"
import { kindFor } from "../explore/usePainter"
import { nameOf, shortId } from "../shared/words"

interface LinkedMapProps {
  /** A or B. */
  name: string
  run: LatentRunDetail
  method: Method
  colour: Colour
  isLasso: boolean
  /** The row that either map is pointed at. */
  here: number | null
  /** Pictures of the set. */
  chosen: readonly number[]
  onHover: (picture: number | null) => void
  onChoose: (pictures: number[]) => void
}

/** The map of one of two runs, an epoch at a time. */
export function LinkedMap({ run, method, ...props }: LinkedMapProps) {
  const [wanted, setWanted] = useState<number>()
  const epochs = epochsOf(run, method, 2)
  const epoch = epochAt(epochs, wanted)
  const bundle = useBundle(run, epoch === undefined ? null : { method, dims: 2, epoch })
  const prefetch = usePrefetch(run)
  return (
    <section className="compare-map" aria-label={`Run ${props.name}`}>
      <h2><b>{props.name}</b> {nameOf(run)} <Link to="/latents/runs/$runId/explore" params={{ runId: run.id }} className="mono">{shortId(run.id)}</Link></h2>
      {bundle.isError && <Problem problem={problemOf(bundle.error)} onRetry={() => void bundle.refetch()} />}
      {bundle.data ? <Map run={run} method={method} bundle={bundle.data} {...props} /> : epoch !== undefined && !bundle.isError && <div className="atlas-stage skeleton" aria-busy="true" />}
      {epoch === undefined ? <p className="note">This run has no map yet.</p> : (
        <Scrubber epochs={epochs} epoch={epoch} last={run.epochs} isLate={bundle.isPlaceholderData} onChange={setWanted} onNext={(next) => { prefetch({ method, dims: 2, epoch: next }) }} />
      )}
    </section>
  )
}

const NOBODY: never[] = []
const PLAIN: Choices = { overlay: "none", edges: "none", extent: 1, hasNames: true, hasPictures: false, isLasso: false, hidden: new Set(), selection: [], session: null }

function Map({ name, run, bundle, colour: wanted, isLasso, here, chosen, onHover, onChoose }: LinkedMapProps & { bundle: Bundle }) {
  const [theme] = useTheme()
  const config = configOf(run)
  const pictures = usePictures(run)
  const known = colours({ config, ...bundle })
  const colour = known.includes(wanted) ? wanted : "lost"
  const painted = useMemo(() => paintedBy(colour, { config, ...bundle }, theme), [colour, config, bundle, theme])
  const fit = useMemo(() => fitOf(bundle.map.data.points), [bundle.map])
  const points = useMemo(() => placed(bundle.map.data.points, fit), [bundle.map, fit])
  const marked = useMemo(() => rowsOf(config, chosen), [config, chosen])
  const layers = useLayers({ bundle, painted, fit, choices: PLAIN, grids: [undefined, undefined], links: UNLINKED, pictures, candidates: NOBODY, here, pinned: null })
  const pictureOf = (row: number) => config.viz_indices[row] ?? row
  return (
    <PicturesContext value={pictures}>
      <Stage
        label={`Map ${name} of ${String(config.viz_indices.length)} pictures, epoch ${String(bundle.epoch)}, ${String(marked.length)} chosen`} kind={kindFor(2) ?? "plain"}
        scene={{ dims: 2, points, classes: painted.classes, palette: painted.palette, shown: null }} marked={marked} here={here} layers={layers} isLasso={isLasso}
        tip={here !== null && <><Tile row={here} size={48} alt="" /><span>{pointInWords(factsOf(here, config, bundle))}</span></>}
        onHover={(row) => { onHover(row === null ? null : pictureOf(row)) }} onPick={(row) => { onChoose(row === null ? [] : [pictureOf(row)]) }}
        onLasso={(rows, adds) => { onChoose([...new Set([...(adds ? chosen : []), ...rows.map(pictureOf)])]) }}
      />
    </PicturesContext>
  )
}
