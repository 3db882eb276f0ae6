import { useLayoutEffect, useRef, type ReactNode } from "react"
import type { LiveJob } from "../client/live"
import type { CandidateView, RoundView } from "../client/types"
import { percent } from "../ui/format"
import { Badges } from "./Badges"
import { Candidate } from "./Candidate"
import { nextApproval, pairOf, type Act, type Selection } from "./gesture"
import { Stars } from "./Stars"
import type { Tile } from "./tiles"
import type { Marking } from "./Tools"
import { forecastOf, roleInWords, verdictOn } from "./words"
import { YesNo } from "./YesNo"

/** An act as a component tells it; when it was is added above. */
export type Doing = Act extends infer One ? (One extends Act ? Omit<One, "at"> : never) : never

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
  /** What can be done about a picture that could not be made. */
  again?: (candidate: CandidateView) => ReactNode
}

/** The candidates of a round in one of the four ways of answering; of an answered round, what was said. */
export function Grid({ round, tiles, selection, isOpen, compared, incumbent, live, onAct, onPoint, onView, onMark, again }: GridProps) {
  const frame = useSlide()
  const ids = tiles.flatMap((tile) => (tile.state === "ready" && tile.id !== null ? [tile.id] : []))
  const pair = isOpen && selection.kind === "pairwise" ? pairOf(ids, selection) : null
  const shown = pair ? pair.flatMap((id) => tiles.filter((tile) => tile.id === id)) : tiles
  return (
    <div ref={frame} className="grid" data-round={round.index} data-count={shown.length} style={{ "--count": shown.length } as React.CSSProperties} role="group" aria-label="Candidates">
      {shown.map((tile, index) => (
        <Candidate
          key={`${round.id}.${String(tile.slot)}`} tile={tile} number={pair ? index + 1 : tile.slot + 1}
          isPressed={isOpen ? isChosen(selection, tile.id) : verdictOn(round.answer, tile.id ?? "")?.won === true}
          isDisabled={!isOpen} instead={compared !== null && compared === tile.id ? incumbent : null} live={live}
          mark={<Mark tile={tile} selection={selection} isOpen={isOpen} />}
          foot={<Foot tile={tile} number={pair ? index + 1 : tile.slot + 1} round={round} selection={selection} isOpen={isOpen} isCompared={compared !== null && compared === tile.id} onAct={onAct} />}
          onChoose={() => {
            const doing = tile.id === null ? null : chosen(selection, tile.id)
            if (doing) onAct(doing)
          }}
          onPoint={() => { if (tile.id !== null) onPoint(tile.id) }}
          onView={() => { onView(tile) }}
          onMark={onMark} hasOwnHeart={isOpen && selection.kind === "approval"} again={tile.candidate && again?.(tile.candidate)}
        />
      ))}
    </div>
  )
}

/** What pressing a picture means in each way of answering. */
export function chosen(selection: Selection, id: string): Doing | null {
  switch (selection.kind) {
    case "ranking":
      return { type: "pick", id }
    case "pairwise":
      return { type: "win", id }
    case "ratings":
      return null // it takes the focus; the stars and the digits rate
    case "approval":
      return { type: "approve", id, yes: selection.approved[id] === false ? false : nextApproval(selection.approved[id]) }
  }
}

function isChosen(selection: Selection, id: string | null): boolean {
  if (id === null) return false
  if (selection.kind === "ranking") return selection.order.includes(id)
  if (selection.kind === "pairwise") return selection.winner === id
  if (selection.kind === "approval") return selection.approved[id] === true
  return selection.stars[id] !== undefined
}

function Mark({ tile, selection, isOpen }: { tile: Tile; selection: Selection; isOpen: boolean }) {
  const place = tile.id === null ? -1 : selection.order.indexOf(tile.id)
  if (!isOpen || selection.kind !== "ranking" || place < 0) return null
  return <span className="rank">{place + 1}</span>
}

const OPEN_ROLES = ["baseline", "incumbent", "pinned"] // they have badges of their own

interface FootProps {
  tile: Tile
  number: number
  round: RoundView
  selection: Selection
  isOpen: boolean
  isCompared: boolean
  onAct: (act: Doing) => void
}

function Foot({ tile, number, round, selection, isOpen, isCompared, onAct }: FootProps) {
  const { candidate, id } = tile
  const verdict = verdictOn(round.answer, id ?? "")
  const role = candidate?.role && !OPEN_ROLES.includes(candidate.role) ? roleInWords(candidate.role) : null
  const forecast = candidate ? forecastOf(candidate) : null
  if (isCompared) return <span className="badge win">your best so far</span>
  if (isOpen && id !== null && tile.state === "ready" && selection.kind === "ratings")
    return <Stars label={`Picture ${String(number)}`} value={selection.stars[id] ?? 0} isDisabled={false} onRate={(stars) => { onAct({ type: "rate", id, stars }) }} />
  if (isOpen && id !== null && tile.state === "ready" && selection.kind === "approval")
    return (
      <YesNo
        label={`Picture ${String(number)}`} value={selection.approved[id]} isFavourite={selection.favourite === id} isDisabled={false}
        onApprove={(yes) => { onAct({ type: "approve", id, yes }) }} onFavourite={() => { onAct({ type: "favourite", id }) }}
      />
    )
  return (
    <>
      {verdict && <span className={verdict.won ? "badge win" : "badge"}>{verdict.label}</span>}
      {(candidate ?? tile.artifact) !== null && <Badges candidate={candidate} sessionId={round.session_id} />}
      {role && !verdict && !forecast && <span className="badge">{role}</span>}
      {forecast && <span className="gave" title={`I gave it ${percent(forecast.p_best)}`}><span>I gave it </span>{percent(forecast.p_best)}</span>}
      <span className="grow" />
      {isOpen && tile.state === "ready" && <kbd>{number}</kbd>}
    </>
  )
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
