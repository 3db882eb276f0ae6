import { useMemo, useState, type ReactNode } from "react"
import { useSessionMap } from "../../../client/latentSteering"
import type { LatentRunDetail } from "../../../client/latents"
import { Segmented } from "../../../ui/Segmented"
import { useTheme } from "../../../ui/theme"
import type { View } from "./address"
import { ColourControls, NeighbourControls, ShowControls, TrustControls } from "./Controls"
import { colours, painted as paintedBy } from "./colouring"
import { factsOf, neighboursOf, pointInWords } from "./facts"
import { configOf, fileAt, pathOf, useRunFile, type Knn, type Method } from "./files"
import { PointCard } from "./PointCard"
import { PointsTable } from "./PointsTable"
import { OVERLAYS, type Overlay } from "./raster"
import { fitOf, placed } from "./scales"
import { rowsOf, shownOf } from "./selecting"
import { SelectionCard } from "./SelectionCard"
import { SessionControls } from "./SessionControls"
import { PicturesContext, Tile, usePictures } from "./sprite"
import { Stage } from "./Stage"
import { SteerFrom } from "./SteerFrom"
import type { Bundle } from "./useBundle"
import { useChoices } from "./useChoices"
import { useGrids, useLayers, useLinks } from "./useLayers"
import { kindFor } from "./usePainter"

interface MapOfProps {
  run: LatentRunDetail
  bundle: Bundle
  view: View
  methods: readonly Method[]
  onView: (change: Partial<Record<keyof View, View[keyof View] | undefined>>) => void
  /** Below the map. */
  children: ReactNode
}

const NOBODY: never[] = []

/** One map with all that can be seen and asked of it. */
export function MapOf({ run, bundle, view, methods, onView, children }: MapOfProps) {
  const [theme] = useTheme()
  const [choices, change] = useChoices()
  const [here, setHere] = useState<number | null>(null)
  const config = configOf(run)
  const pictures = usePictures(run)
  const known = colours({ config, ...bundle })
  const colour = view.colour && known.includes(view.colour) ? view.colour : (known[0] ?? "lost")
  const painted = useMemo(() => paintedBy(colour, { config, ...bundle }, theme), [colour, config, bundle, theme])
  const fit = useMemo(() => fitOf(bundle.map.data.points), [bundle.map])
  const points = useMemo(() => placed(bundle.map.data.points, fit), [bundle.map, fit])
  const shown = useMemo(() => shownOf(painted.classes, choices.hidden), [painted, choices.hidden])
  const [pinned = null] = view.picture === undefined ? [] : rowsOf(config, [view.picture])
  const wantsKnn = pinned !== null || choices.selection.length > 0
  const knn = useRunFile<Knn>(run, wantsKnn ? pathOf("knn", bundle.epoch, bundle.method) : null).data
  const marked = useMemo(() => {
    if (pinned === null) return choices.selection
    return choices.selection.length > 0 ? choices.selection : [pinned, ...neighboursOf(pinned, knn).map(({ row }) => row)]
  }, [pinned, choices.selection, knn])
  const links = useLinks(knn, bundle.dims, pinned, choices)
  const read = useGrids(run, bundle, choices.overlay)
  const steered = useSessionMap(choices.session, bundle.method, "2")
  const candidates = steered.data?.epoch === bundle.epoch ? steered.data.candidates : NOBODY
  const layers = useLayers({ bundle, painted, fit, choices, grids: read.grids, links, pictures, candidates, here, pinned })
  const nameOf = (row: number) => pointInWords(factsOf(row, config, bundle))
  const pick = (row: number | null) => { onView({ picture: row === null ? undefined : config.viz_indices[row] }) }
  const steer = (rows: readonly number[]) => checkpoint !== undefined && <SteerFrom run={run} epoch={checkpoint} points={rows} />
  const overlays = OVERLAYS.filter((overlay) => overlay === "none" || fileAt(run, pathOf(FIRST_FILE[overlay], bundle.epoch, bundle.method)))
  const checkpoint = run.checkpoints.findLast((epoch) => epoch <= bundle.epoch)
  return (
    <PicturesContext value={pictures}>
      <div className="atlas-layout">
        <div className="atlas-main">
          <div className="atlas-frame">
            <Stage
              label={`Map of ${String(points.length / bundle.dims)} pictures by ${bundle.method.toUpperCase()}, epoch ${String(bundle.epoch)}`}
              kind={kindFor(bundle.dims) ?? "plain"} scene={{ dims: bundle.dims, points, classes: painted.classes, palette: painted.palette, shown }}
              marked={choices.hasPictures && pictures ? NOBODY : marked} here={here} layers={layers} isLasso={choices.isLasso} hidesPoints={choices.hasPictures && pictures !== null}
              tip={here !== null && here !== pinned && <><Tile row={here} size={56} alt="" /><span>{nameOf(here)}</span></>}
              onHover={setHere} onPick={pick}
              onLasso={(rows, adds) => { change({ selection: adds ? [...new Set([...choices.selection, ...rows])] : rows }) }}
            />
            <div className="atlas-tools">
              <Segmented label="Pointer" value={choices.isLasso ? "lasso" : "move"} options={[{ value: "move", label: "Move" }, { value: "lasso", label: "Lasso" }]} onChange={(value) => { change({ isLasso: value === "lasso" }) }} />
            </div>
            <p className="hidden-visually" role="status">{here !== null ? nameOf(here) : choices.selection.length > 0 ? `${String(choices.selection.length)} points chosen` : ""}</p>
          </div>
          {children}
          <PointsTable config={config} bundle={bundle} rows={choices.selection.length > 0 ? choices.selection : (shown ?? config.viz_indices.map((_, row) => row))} pinned={pinned} onPick={pick} />
        </div>
        <aside className="atlas-side">
          {pinned !== null && <PointCard run={run.id} facts={factsOf(pinned, config, bundle)} neighbours={neighboursOf(pinned, knn, links.edges)} reach={links.reach} nameOf={nameOf} checkpoint={checkpoint} onPick={pick} onHover={setHere}>{choices.selection.length === 0 && steer([pinned])}</PointCard>}
          {choices.selection.length > 0 && <SelectionCard config={config} bundle={bundle} selection={choices.selection} nameOf={nameOf} onPick={pick} onClear={() => { change({ selection: [] }) }}>{steer(choices.selection)}</SelectionCard>}
          <ShowControls method={bundle.method} dims={bundle.dims} methods={methods} hasSpace={kindFor(3) !== null} overlays={overlays} read={read} hasTiles={pictures !== null} choices={choices} change={change} onView={({ method, dims }) => { onView({ ...(method ? { method } : {}), ...(dims ? { dims: dims === 3 ? 3 : undefined } : {}) }) }} />
          <ColourControls colour={colour} colours={known} painted={painted} choices={choices} change={change} onColour={(next) => { change({ hidden: new Set() }); onView({ colour: next }) }} />
          <NeighbourControls choices={choices} change={change} k={bundle.map.trust.k} />
          <TrustControls bundle={bundle} />
          <SessionControls run={run.id} session={choices.session} map={steered.data} error={steered.error} epoch={bundle.epoch} onSession={(session) => { change({ session }) }} onEpoch={(epoch) => { onView({ epoch }) }} />
        </aside>
      </div>
    </PicturesContext>
  )
}

const FIRST_FILE: Record<Exclude<Overlay, "none">, string> = {
  posterior: "posterior_2d", prior: "prior_2d", empirical: "prior_empirical_2d", gap: "prior_empirical_2d", distortion: "metric_ratio_2d",
}
