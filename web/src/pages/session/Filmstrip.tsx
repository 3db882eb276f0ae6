import { Link } from "@tanstack/react-router"
import { useEffect, useRef } from "react"
import { useLab } from "../../client/context"
import type { SessionView } from "../../client/types"
import { verdictOn } from "../../elicitation/words"
import { count } from "../../ui/format"

/** All rounds so far, the winners ringed; each opens as it was. */
export function Filmstrip({ session, shown }: { session: SessionView; shown: number | undefined }) {
  const lab = useLab()
  const end = useRef<HTMLLIElement>(null)
  useEffect(() => {
    end.current?.parentElement?.scrollTo({ left: end.current.offsetLeft })
  }, [session.rounds])
  if (session.round_views.length === 0) return null
  const last = session.round_views.at(-1)
  return (
    <nav className="film" aria-label="Rounds so far">
      <ol>
        {session.round_views.map((round) => (
          <li key={round.id} ref={round === last ? end : undefined}>
            <Link
              to="/sessions/$sessionId" params={{ sessionId: session.id }} search={round === last ? {} : { round: round.index }}
              className={round.index === shown ? "strip here" : "strip"} aria-label={`Round ${String(round.index)}`} activeOptions={{ includeSearch: true }}
            >
              {round.candidates.map((candidate) => {
                const won = verdictOn(round.answer, candidate.id)?.won === true
                return candidate.artifact === null ? (
                  <i key={candidate.id} />
                ) : (
                  <img key={candidate.id} src={lab.artifactUrl(candidate.artifact, "thumb")} alt="" className={won ? "w" : round.answer ? "" : "open"} />
                )
              })}
              {round.candidates.length === 0 && <i />}
            </Link>
            <span>{round.index === 1 ? "start" : round.index}</span>
          </li>
        ))}
      </ol>
      <span className="muted small count">{count(session.renders, "render")}</span>
    </nav>
  )
}
