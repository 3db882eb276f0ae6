import type { ReactNode } from "react"
import { problemOf } from "../../../client/problem"
import { Problem } from "../../../ui/Problem"
import { Segmented } from "../../../ui/Segmented"
import { useTheme } from "../../../ui/theme"
import type { Colour } from "./address"
import type { Painted } from "./colouring"
import type { Dims, Method } from "./files"
import { Legend } from "./Legend"
import { inkOf, type Overlay } from "./raster"
import type { Bundle } from "./useBundle"
import type { Choices, EdgeMode } from "./useChoices"
import type { Grids } from "./useLayers"

type Change = (change: Partial<Choices>) => void

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="atlas-controls" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

function Switch({ label, isOn, onChange, disabled = false }: { label: string; isOn: boolean; onChange: (isOn: boolean) => void; disabled?: boolean }) {
  return <label className="atlas-switch"><input type="checkbox" checked={isOn} disabled={disabled} onChange={(event) => { onChange(event.target.checked) }} />{label}</label>
}

const OVERLAY_NAMES: Record<Overlay, string> = {
  none: "nothing", posterior: "posterior: where pictures lie", prior: "prior, all components alike", empirical: "prior, as components are used",
  gap: "gap between prior and posterior", distortion: "distortion of the map",
}

interface ShowProps {
  method: Method
  dims: Dims
  methods: readonly Method[]
  hasSpace: boolean
  overlays: readonly Overlay[]
  /** What the overlay is drawn from. */
  read: Grids
  hasTiles: boolean
  choices: Choices
  change: Change
  onView: (view: { method?: Method; dims?: Dims }) => void
}

export function ShowControls({ method, dims, methods, hasSpace, overlays, read, hasTiles, choices, change, onView }: ShowProps) {
  return (
    <Group title="Show">
      <div className="row wrap">
        <Segmented label="Method" value={method} options={methods.map((value) => ({ value, label: value.toUpperCase() }))} onChange={(value) => { onView({ method: value }) }} />
        {hasSpace && <Segmented label="Dimensions" value={`${String(dims)}D`} options={[{ value: "2D", label: "2D" }, { value: "3D", label: "3D" }]} onChange={(value) => { onView({ dims: value === "3D" ? 3 : 2 }) }} />}
      </div>
      <div className="row wrap">
        <Switch label="names" isOn={choices.hasNames} onChange={(hasNames) => { change({ hasNames }) }} />
        <Switch label="pictures" isOn={choices.hasPictures && hasTiles} disabled={!hasTiles} onChange={(hasPictures) => { change({ hasPictures }) }} />
      </div>
      <label className="field"><span className="label">Below the points</span>
        <select className="input" value={dims === 3 ? "none" : choices.overlay} disabled={dims === 3} onChange={(event) => { change({ overlay: event.target.value as Overlay }) }}>
          {overlays.map((overlay) => <option key={overlay} value={overlay}>{OVERLAY_NAMES[overlay]}</option>)}
        </select>
      </label>
      {dims === 3 ? <p className="note">Densities and distortion are drawn in 2D.</p> : <OverlayKey overlay={choices.overlay} {...read} />}
    </Group>
  )
}

function OverlayKey({ overlay, grids: [grid, other], fault, readAgain }: Grids & { overlay: Overlay }) {
  const [theme] = useTheme()
  if (overlay === "none") return null
  if (fault !== null) return <Problem problem={problemOf(fault)} onRetry={readAgain} />
  if (!grid || (overlay === "gap" && !other)) return <p className="note" aria-busy="true">Reading it…</p>
  if (overlay === "gap")
    return (
      <ul className="atlas-key small">
        <li><i style={{ background: inkOf("more", theme) }} />pictures where the prior seldom draws</li>
        <li><i style={{ background: inkOf("less", theme) }} />the prior draws where pictures are few</li>
      </ul>
    )
  if (overlay === "distortion")
    return <p className="note">Map length per latent length: {num(grid.stats?.min)} (squeezed, dark) to {num(grid.stats?.max)} (stretched, bright), {num(grid.stats?.median)} in the middle.</p>
  return <ul className="atlas-key small"><li><i style={{ background: inkOf(overlay, theme) }} />at most {num(grid.stats?.max)} of all per unit of area</li></ul>
}

const num = (value: number | undefined) => (value === undefined ? "–" : String(Number(value.toPrecision(2))))

const COLOUR_NAMES: Record<Colour, string> = { label: "label", component: "component", confidence: "confidence", distortion: "distortion", lost: "neighbours lost" }

interface ColourProps {
  colour: Colour
  colours: readonly Colour[]
  painted: Painted
  choices: Choices
  change: Change
  onColour: (colour: Colour) => void
}

export function ColourControls({ colour, colours, painted, choices, change, onColour }: ColourProps) {
  const select = (group: number) => { change({ selection: [...painted.classes.keys()].filter((row) => painted.classes[row] === group) }) }
  return (
    <Group title="Colour">
      <select className="input" aria-label="Colour by" value={colour} onChange={(event) => { onColour(event.target.value as Colour) }}>
        {colours.map((one) => <option key={one} value={one}>{COLOUR_NAMES[one]}</option>)}
      </select>
      <Legend legend={painted.legend} hidden={choices.hidden} onHide={(hidden) => { change({ hidden }) }} onSelect={select} />
    </Group>
  )
}

const EDGES: readonly { value: EdgeMode; label: string }[] = [{ value: "reach", label: "within reach" }, { value: "all", label: "all" }, { value: "none", label: "none" }]

export function NeighbourControls({ choices: { edges, extent }, change, k }: { choices: Choices; change: Change; k: number }) {
  return (
    <Group title="Neighbours">
      <Segmented label="Edges" value={edges} options={EDGES} onChange={(value) => { change({ edges: value }) }} />
      {edges === "reach" && (
        <label className="field"><span className="label">Reach <span className="mono muted">{extent.toFixed(2)} × d<sub>{k}</sub></span></span>
          <input type="range" min={0} max={3} step={0.05} value={extent} aria-label="Reach" aria-valuetext={`${extent.toFixed(2)} times the latent distance to the neighbour number ${String(k)}`} onChange={(event) => { change({ extent: Number(event.target.value) }) }} />
        </label>
      )}
      <p className="note">{edges === "none" ? "No edges are drawn." : edges === "all" ? `Each chosen point with its ${String(k)} nearest in latent space, however far the map has put them.`
        : `Lines to the ${String(k)} nearest in latent space; they fade where the map has put them beyond a point’s reach.`}</p>
    </Group>
  )
}

export function TrustControls({ bundle: { map: { trust }, method, dims } }: { bundle: Bundle }) {
  return (
    <Group title="Trust">
      <p><b className="mono">{trust.trustworthiness.toFixed(3)}</b> <span className="soft">trustworthiness of this {dims}D {method.toUpperCase()} map; 1 if all that is near on it is near in latent space.</span></p>
    </Group>
  )
}
