import { useState, type CSSProperties, type ReactNode } from "react"
import type { RoundView } from "../client/types"
import { Segmented } from "../ui/Segmented"
import type { MapOf } from "./Gallery"
import { MapHead } from "./MapHead"
import { diveOf, sidesOf, type Wish } from "./sheet"
import type { Tile } from "./tiles"

const WISHES: readonly { value: Wish; label: string }[] = [{ value: "look closer", label: "Look closer" }, { value: "look elsewhere", label: "A new line" }]

interface SliderLineProps {
  map: MapOf
  round: RoundView
  tiles: Tile[]
  isOpen: boolean
  kind: string | undefined
  card: (tile: Tile) => ReactNode
}

/** The candidates of a round along a line, in its order; the slider makes the one large that is nearest to it. */
export function SliderLine({ map, round, tiles, isOpen, kind, card }: SliderLineProps) {
  const placed = tiles.filter(({ candidate }) => candidate === null || candidate.grid !== null).sort((a, b) => along(a) - along(b))
  const beside = tiles.filter((tile) => !placed.includes(tile))
  const [at, setAt] = useState<{ round: string; slot: number } | null>(null)
  const middle = placed.find(({ candidate }) => candidate?.role === "incumbent") ?? placed[Math.floor(placed.length / 2)]
  const large = placed.find(({ slot }) => at?.round === round.id && slot === at.slot) ?? middle
  const sides = round.sheet ? sidesOf(round.sheet, map.axes) : null
  const dive = round.sheet ? diveOf(map.rounds, round) : [round]
  const enlarge = (tile: Tile | undefined) => { if (tile) setAt({ round: round.id, slot: tile.slot }) }
  const nearest = (value: number) => placed.reduce<Tile | undefined>((best, one) => (best === undefined || Math.abs(along(one) - value) < Math.abs(along(best) - value) ? one : best), undefined)
  return (
    <section className="map line" aria-label="Line">
      <MapHead map={map} dive={dive} depth={dive.length - 1} tiles={tiles}>
        {isOpen && map.next && (
          <span className="wish">
            <span className="small muted">Then</span>
            <Segmented label="Where to look next" value={map.next.value} options={WISHES} onChange={map.next.onChange} />
          </span>
        )}
      </MapHead>
      <div
        className="grid on-line" data-round={round.index} data-kind={kind} role="group" aria-label="Candidates"
        style={{ gridTemplateColumns: placed.map((tile) => (tile === large ? "minmax(0, 2.4fr)" : "minmax(36px, 1fr)")).join(" ") } as CSSProperties}
      >
        {placed.map((tile) => (
          <div
            key={tile.slot} className="cell" data-large={tile === large} onClick={() => { enlarge(tile) }}
            onFocus={({ target }) => { if (target.matches(":focus-visible")) enlarge(tile) }} // a press must not move what it presses
          >
            {card(tile)}
          </div>
        ))}
      </div>
      {sides && large && (
        <div className="line-slider">
          <span className="map-side">← {sides.left}</span>
          <span className="line-track">
            <input
              type="range" min={-1} max={1} step={0.01} value={along(large)} aria-label="Along the line"
              aria-valuetext={`Picture ${String(large.slot + 1)}`} onChange={(event) => { enlarge(nearest(event.target.valueAsNumber)) }}
            />
            {placed.map((tile) => <i key={tile.slot} data-on={tile === large} style={{ "--at": (1 + along(tile)) / 2 } as CSSProperties} />)}
          </span>
          <span className="map-side">{sides.right} →</span>
        </div>
      )}
      {beside.length > 0 && <div className="beside-map" role="group" aria-label="Beside the line">{beside.map(card)}</div>}
    </section>
  )
}

/** Where a picture lies on the line, -1 to 1; while none is proposed, in the order of their slots. */
function along({ candidate, slot }: Tile): number {
  return candidate?.grid?.[0] ?? slot
}
