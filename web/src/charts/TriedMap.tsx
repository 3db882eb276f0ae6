import { useState } from "react"
import type { Axis, CandidateView, RoundView } from "../client/types"
import { roleInWords, winnersOf } from "../elicitation/words"
import type { Table } from "../ui/csv"
import { Figure } from "../ui/Figure"
import "./belief.css"
import { mapInWords } from "./format"
import { placesOf, type Place } from "./geometry"

interface TriedMapProps {
  rounds: RoundView[]
  radius: number
  axes: Axis[]
  /** The two axes along which the most is believed to be at stake. */
  widest: readonly [number, number] | readonly number[]
  incumbentId: string | null
  /** The shape of what may be tried. */
  region?: string
  /** Address of a stored picture; with it a dot shows its picture while the pointer is on it. */
  artifactUrl?: (sha256: string, size?: "thumb") => string
  onOpen?: (round: number) => void
}

/** Everything tried, on the plane of two axes. */
export function TriedMap(props: TriedMapProps) {
  const { rounds, radius, axes, incumbentId, widest, region = "ball", artifactUrl, onOpen } = props
  const [seen, setSeen] = useState<Place | null>(null)
  const plane = [widest[0] ?? 0, widest[1] ?? widest[0] ?? 0] as const
  const [across, up] = [axes[plane[0]], plane[0] === plane[1] ? undefined : axes[plane[1]]]
  const places = placesOf({ rounds, radius, plane, incumbentId, isChosen })
  const best = places.find(({ isBest }) => isBest)
  const reading = mapInWords(places.length, rounds.length, across, best ? best.x : null)
  return (
    <Figure title="Everything tried" reading={reading} data={tableOf(places, across?.name, up?.name)}>
      <div className="tried-plot">
        <span className="pole up">{up?.positive}</span>
        <span className="pole left">{across?.negative}</span>
        <svg role="img" aria-label={reading} viewBox="-1.12 -1.12 2.24 2.24">
          <Ground region={region} />
          <Dots places={places} onSee={setSeen} onOpen={onOpen} />
        </svg>
        <span className="pole right">{across?.positive}</span>
        <span className="pole down">{up?.negative}</span>
        {seen?.artifact && artifactUrl && <img className="tried-seen" src={artifactUrl(seen.artifact, "thumb")} alt="" />}
      </div>
    </Figure>
  )
}

function tableOf(places: Place[], across = "", up = ""): Table {
  return {
    name: "everything-tried",
    columns: ["round", "role", across, ...(up ? [up] : []), "chosen", "best"],
    rows: places.map((place) => [place.round, place.role, place.x, ...(up ? [-place.y] : []), Number(place.chosen), Number(place.isBest)]),
  }
}

function isChosen(round: RoundView, candidate: CandidateView): boolean {
  return winnersOf(round.answer, round.candidates).some(({ id }) => id === candidate.id)
}

function Ground({ region }: { region: string }) {
  return (
    <g className="ground">
      {region === "ball" ? <circle r="1" /> : <rect x="-1" y="-1" width="2" height="2" rx=".04" />}
      <path d="M-1 0H1M0 -1V1" />
    </g>
  )
}

interface DotsProps {
  places: Place[]
  onSee: (place: Place | null) => void
  onOpen?: (round: number) => void
}

function Dots({ places, onSee, onOpen }: DotsProps) {
  const drawn = [...places].sort((a, b) => weight(a) - weight(b)) // the best last, so that nothing covers it
  return drawn.map((place) => (
    <g
      key={place.id} className={`dot-tried${place.chosen ? " chosen" : ""}${place.isBest ? " best" : ""}`}
      transform={`translate(${place.x.toFixed(4)} ${place.y.toFixed(4)})`} data-opens={onOpen !== undefined}
      onClick={onOpen && (() => { onOpen(place.round) })}
      onPointerEnter={() => { onSee(place) }} onPointerLeave={() => { onSee(null) }}
    >
      <title>{placeTitle(place)}</title>
      <circle className="reach" r=".09" />
      {place.chosen && <circle className="ring" r=".062" />}
      <circle className="point" r={place.isBest ? ".042" : ".03"} />
    </g>
  ))
}

function weight(place: Place): number {
  return Number(place.chosen) + 2 * Number(place.isBest)
}

function placeTitle(place: Place): string {
  const words = place.isFinal ? "your final picture" : place.isBest ? "your best so far" : roleInWords(place.role)
  return [`Round ${String(place.round)}`, words, place.chosen ? "chosen" : null].filter(Boolean).join(", ")
}
