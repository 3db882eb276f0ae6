import { Link } from "@tanstack/react-router"
import { useContext, useEffect, useRef } from "react"
import { useLab } from "../../client/context"
import type { RoundView, SessionView } from "../../client/types"
import { roundInWords, STYLE_ROUND, verdictOn } from "../../elicitation/words"
import { count } from "../../ui/format"
import { Branch, Heart } from "../../ui/icons"
import { MediumContext } from "../../ui/medium"
import { Thumb } from "../../ui/Thumb"
import { filmOf, type Frame } from "./filmtree"
import { favouritesOf } from "./useMarks"

/** All rounds so far, the winners ringed; below them what was set aside, and the sessions that branched off. */
export function Filmstrip({ session, shown }: { session: SessionView; shown: RoundView | undefined }) {
  const tree = useRef<HTMLDivElement>(null)
  const last = session.round_views.at(-1)
  useEffect(() => {
    const end = tree.current?.querySelector<HTMLElement>("[data-end]")
    if (end) tree.current?.scrollTo({ left: end.offsetLeft - tree.current.clientWidth + end.offsetWidth + 8 })
  }, [last?.id])
  const frames = filmOf(session)
  if (frames.length === 0) return null
  const rows = [...new Set(frames.map(({ row }) => row))].map((row) => frames.filter((frame) => frame.row === row))
  return (
    <nav className="film" aria-label="Rounds so far">
      <div ref={tree} className="tree" data-rows={rows.length}>
        {session.parent_id !== null && <Parent id={session.parent_id} />}
        {rows.map((row) => (
          <ol key={row[0]?.round.id} aria-label={row[0]?.row === 0 ? "Rounds" : `Set aside, from round ${String(row[0]?.round.index)}`}>
            {row.map((frame) => (
              <Piece key={frame.round.id} frame={frame} session={session} isHere={frame.round.id === shown?.id} isLast={frame.round.id === last?.id} start={session.parent_id === null ? 1 : 2} />
            ))}
          </ol>
        ))}
      </div>
      <div className="film-foot">
        <Favourites session={session} />
        <span className="grow" />
        <span className="muted small">{count(session.renders, "render")}</span>
      </div>
    </nav>
  )
}

/** Pictures of a round that its frame has room for; a style calibration shows those kept. */
const MOST = 9

/** Where this session branched off. */
function Parent({ id }: { id: string }) {
  return <Link to="/sessions/$sessionId" params={{ sessionId: id }} className="stub parent" title="The session that this one branched from"><Branch /> from</Link>
}

interface PieceProps {
  frame: Frame
  session: SessionView
  isHere: boolean
  isLast: boolean
  /** The grid column of the first round. */
  start: number
}

function Piece({ frame, session, isHere, isLast, start }: PieceProps) {
  const { round, row, from } = frame
  const isAside = row > 0
  const column = frame.column + start
  const name = roundInWords(round.index)
  return (
    <>
      <li style={{ gridColumn: column, gridRow: row + 1 }} data-aside={isAside} data-end={isLast || undefined}>
        <Link
          to="/sessions/$sessionId" params={{ sessionId: session.id }} search={isLast ? {} : isAside ? { round: round.index, take: round.take } : { round: round.index }}
          className={isHere ? "strip here" : "strip"} aria-label={isAside ? `${name}, set aside` : name} aria-current={isHere ? "step" : undefined} activeOptions={{ includeSearch: true }}
        >
          <Thumbs round={round} />
        </Link>
        <span>{round.index === STYLE_ROUND ? "style" : frame.column === 0 ? "start" : round.index}</span>
        {session.branches.filter(({ parent_round_id }) => parent_round_id === round.id).map(({ id, name: words }) => (
          <Link key={id} to="/sessions/$sessionId" params={{ sessionId: id }} className="stub" title={`Branch: ${words}`} aria-label={`Branch: ${words}`}><Branch /> <span>{words}</span></Link>
        ))}
      </li>
      {from !== null && <li aria-hidden="true" className="stem" style={{ gridColumn: column, gridRow: `${String(from + 1)} / ${String(row + 2)}` }} />}
    </>
  )
}

function Thumbs({ round }: { round: RoundView }) {
  const lab = useLab()
  const isText = useContext(MediumContext) === "text"
  if (round.candidates.length === 0) return <i />
  const said = round.answer ?? (round.state === "superseded" ? (round.retracted.at(-1) ?? null) : null)
  const probes = round.index === STYLE_ROUND && said !== null ? round.candidates.filter(({ id }) => verdictOn(said, id) !== null) : []
  return (probes.length > 0 ? probes : round.candidates.slice(0, MOST)).map((candidate) => {
    const won = verdictOn(said, candidate.id)?.won === true
    return candidate.artifact === null ? (
      <i key={candidate.id} />
    ) : isText ? (
      <span key={candidate.id} className={won ? "leaf w" : said ? "leaf" : "leaf open"} />
    ) : (
      <img key={candidate.id} src={lab.artifactUrl(candidate.artifact, "thumb")} alt="" className={won ? "w" : said ? "" : "open"} />
    )
  })
}

/** The favourites of the session; each leads to the round that showed it first. */
function Favourites({ session }: { session: SessionView }) {
  const favourites = favouritesOf(session)
  if (favourites.length === 0) return null
  return (
    <div className="favourites" role="group" aria-label="Favourites">
      <Heart full />
      {favourites.map(({ candidate, round }) => (
        <Link
          key={candidate.id} to="/sessions/$sessionId" params={{ sessionId: session.id }} search={{ round: round.index, take: round.take }}
          aria-label={`Favourite, from round ${String(round.index)}`} title={`From round ${String(round.index)}`}
        >
          <Thumb artifact={candidate.artifact} alt="" />
        </Link>
      ))}
    </div>
  )
}
