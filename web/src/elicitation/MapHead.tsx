import type { ReactNode } from "react"
import type { Axis, RoundView } from "../client/types"
import { outlineOf, planeOf } from "./sheet"
import type { Tile } from "./tiles"

/** The space that a sheet lies in. */
export interface Axes {
  axes: Axis[]
  region: string
  radius: number
}

interface MapHeadProps {
  map: Axes
  dive: RoundView[]
  depth: number
  tiles: Tile[]
  children: ReactNode
}

/** Where the map lies, how close one looks, and what can be done about it. */
export function MapHead({ map, dive, depth, tiles, children }: MapHeadProps) {
  const wide = dive[0]?.sheet
  const here = dive[depth]?.sheet
  const times = wide && here ? wide.half_width / here.half_width : 1
  return (
    <header className="map-head">
      {here && <Whereabouts map={map} dive={dive} depth={depth} tiles={tiles} />}
      <p className="small soft">
        {here === null || here === undefined ? "A map around your best so far." : times > 1.05 ? <>A closer look, <b>×{times.toFixed(1)}</b>, at what you chose.</> : "A map around your best so far: neighbours look alike."}
      </p>
      {children}
    </header>
  )
}

/** The sheet, and those that it was zoomed out of, within the space: along the two axes that they run along. */
function Whereabouts({ map, dive, depth, tiles }: Omit<MapHeadProps, "children">) {
  const sheet = dive[depth]?.sheet
  if (!sheet) return null
  const plane = planeOf(sheet)
  const [i, j] = plane
  const name = (axis: number) => map.axes[axis]?.name ?? ""
  const at = ([x, y]: [number, number]) => `${x.toFixed(3)},${(-y).toFixed(3)}`
  return (
    <svg className="whereabouts" viewBox="-1.08 -1.08 2.16 2.16" role="img" aria-label={`Where this lies, along ${name(i)}${j < 0 ? "" : ` and ${name(j)}`}`}>
      <title>{`Across: ${name(i)}. ${j < 0 ? "" : `Upwards: ${name(j)}. `}The cross is your prompt.`}</title>
      {map.region === "box" ? <rect className="space" x="-1" y="-1" width="2" height="2" /> : <circle className="space" r="1" />}
      <path className="prompt" d="M-.09 0H.09M0-.09V.09" />
      {dive.map(({ id, sheet: one }, level) => one && (
        <polygon key={id} className="sheet" data-here={level === depth} points={outlineOf(one, plane).map(at).join(" ")} />
      ))}
      {depth === dive.length - 1 && tiles.map(({ id, candidate }) => candidate && (
        <circle key={id} className="spot" data-best={candidate.role === "incumbent"} r=".045" cx={(candidate.z[i] ?? 0) / map.radius} cy={j < 0 ? 0 : -(candidate.z[j] ?? 0) / map.radius} />
      ))}
    </svg>
  )
}
