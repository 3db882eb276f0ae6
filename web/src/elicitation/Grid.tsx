import { useContext, useLayoutEffect, useRef, type ReactNode } from "react"
import type { LiveJob } from "../client/live"
import type { CandidateView, RoundView } from "../client/types"
import { Cross, Same, Tick } from "../ui/icons"
import { MediumContext } from "../ui/medium"
import { pairOf } from "./answer"
import { Candidate } from "./Candidate"
import { Foot } from "./Foot"
import { Gallery, type MapOf } from "./Gallery"
import { chosen, hasFavourite, type Doing, type Selection } from "./gesture"
import { SliderLine } from "./SliderLine"
import type { Tagging } from "./tags"
import type { Tile } from "./tiles"
import type { Marking } from "./Tools"
import { verdictOn } from "./words"

interface GridProps {
  round: RoundView
  tiles: Tile[]
  selection: Selection
  isOpen: boolean
  compared: string | null
  incumbent: string | null
  live: LiveJob | undefined
  onAct: (act: Doing) => void
  onPoint: (id: string) => void
  onView: (tile: Tile) => void
  /** Null where pictures can't be marked. */
  onMark: Marking | null
  tagging: Tagging
  /** Where pictures stand by where they lie. */
  map?: MapOf | null
  /** What can be done about a picture that could not be made. */
  again?: (candidate: CandidateView) => ReactNode
}

/** The candidates of a round in one of the ways of answering; of an answered round, what was said. */
export function Grid({ round, tiles, selection, isOpen, compared, incumbent, live, onAct, onPoint, onView, onMark, tagging, map = null, again }: GridProps) {
  const frame = useSlide()
  const medium = useContext(MediumContext)
  const ids = tiles.flatMap((tile) => (tile.state === "ready" && tile.id !== null ? [tile.id] : []))
  const pair = isOpen && selection.kind === "pairwise" ? pairOf(ids, selection) : null
  const shown = pair ? pair.flatMap((id) => tiles.filter((tile) => tile.id === id)) : tiles
  const [best] = ids
  const card = (tile: Tile, index: number) => {
    const number = pair ? index + 1 : tile.slot + 1
    const isCompared = compared !== null && compared === tile.id
    const isIncumbent = isOpen && selection.kind === "versus" && tile.id !== null && tile.id === best
    return (
      <Candidate
        key={`${round.id}.${String(tile.slot)}`} tile={tile} number={number}
        isPressed={isOpen ? isChosen(selection, tile.id) : verdictOn(round.answer, tile.id ?? "")?.won === true}
        look={isIncumbent ? "incumbent" : isOpen && selection.kind === "worst" && selection.worst === tile.id ? "dropped" : undefined}
        isDisabled={!isOpen || selection.kind === "undecided"} instead={isCompared ? incumbent : null} live={live}
        mark={isOpen && <Mark tile={tile} selection={selection} isIncumbent={isIncumbent} />}
        foot={<Foot tile={tile} number={number} round={round} selection={selection} isOpen={isOpen} isCompared={isCompared} isIncumbent={isIncumbent} onAct={onAct} />}
        onChoose={() => {
          const doing = tile.id === null ? null : chosen(selection, tile.id, best)
          if (doing) onAct(doing)
        }}
        onPoint={() => { if (tile.id !== null) onPoint(tile.id) }}
        onView={() => { onView(tile) }}
        onMark={onMark} hasOwnHeart={isOpen && hasFavourite(selection.kind)} tagging={tagging} again={tile.candidate && again?.(tile.candidate)}
      />
    )
  }
  const kind = isOpen ? selection.kind : undefined
  if (map && !pair && kind !== "versus" && (round.sheet !== null || round.candidates.length === 0)) {
    const Map = map.directions === 1 ? SliderLine : Gallery
    return <Map map={map} round={round} tiles={tiles} isOpen={isOpen} kind={kind} card={(tile) => card(tile, tile.slot)} />
  }
  return (
    <div
      ref={frame} className="grid" data-round={round.index} data-count={shown.length} data-kind={kind} data-medium={medium} role="group" aria-label="Candidates"
      style={{ "--count": shown.length, "--aside": Math.ceil((shown.length - 1) / 2) } as React.CSSProperties}
    >
      {shown.map(card)}
    </div>
  )
}

function isChosen(selection: Selection, id: string | null): boolean {
  if (id === null) return false
  switch (selection.kind) {
    case "ranking":
    case "tie":
      return selection.order.includes(id)
    case "pairwise":
      return selection.winner === id
    case "ratings":
      return selection.stars[id] !== undefined
    case "approval":
      return selection.approved[id] === true
    case "shortlist":
      return selection.kept.includes(id)
    case "worst":
      return selection.favourite === id || selection.worst === id
    case "versus":
      return selection.verdicts[id] === "better"
    case "undecided":
      return false
  }
}

/** What lies on a picture, in the ways that mark it there. */
function Mark({ tile, selection, isIncumbent }: { tile: Tile; selection: Selection; isIncumbent: boolean }) {
  if (tile.id === null || tile.state !== "ready") return null
  const { kind, order, kept, worst, favourite } = selection
  const isPicked = order.includes(tile.id)
  if (kind === "ranking" && isPicked) return <span className="rank">{order.indexOf(tile.id) + 1}</span>
  if (kind === "tie") return <span className="rank" data-on={isPicked}><Same /></span>
  if (kind === "shortlist") return <span className="rank tick" data-on={kept.includes(tile.id)}><Tick size={16} /></span>
  if (kind === "worst" && worst === tile.id) return <span className="rank bad"><Cross size={16} /></span>
  if (kind === "worst" && favourite === tile.id) return <span className="rank"><Tick size={16} /></span>
  if (isIncumbent) return <span className="rank crown">to beat</span>
  return null
}

/** A picture that comes again in another place slides there, so that one sees where it went. */
function useSlide() {
  const frame = useRef<HTMLDivElement>(null)
  const places = useRef(new Map<string, DOMRect>())
  useLayoutEffect(() => {
    const before = places.current
    const now = new Map<string, DOMRect>()
    for (const picture of frame.current?.querySelectorAll<HTMLElement>("[data-artifact]") ?? []) {
      const rect = picture.getBoundingClientRect()
      const was = before.get(picture.dataset.artifact ?? "")
      now.set(picture.dataset.artifact ?? "", rect)
      const isMoved = was !== undefined && Math.abs(was.left - rect.left) > 40 && Math.abs(was.width - rect.width) < 2
      if (isMoved && !matchMedia("(prefers-reduced-motion: reduce)").matches)
        picture.closest(".cand")?.animate(
          [{ transform: `translate(${String(was.left - rect.left)}px, ${String(was.top - rect.top)}px)`, zIndex: 2 }, { transform: "none", zIndex: 2 }],
          { duration: 200, easing: "cubic-bezier(.2,.7,.2,1)" },
        )
    }
    places.current = now
  })
  return frame
}
