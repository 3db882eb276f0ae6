import { Link, useParams } from "@tanstack/react-router"
import { useEffect, useState } from "react"
import { problemOf } from "../../client/problem"
import { useSession } from "../../client/queries"
import type { RoundView, SessionView } from "../../client/types"
import { forecastOf, lastRoundInWords, roleInWords, verdictOn } from "../../elicitation/words"
import { EmptyState } from "../../ui/EmptyState"
import { count, percent, seconds } from "../../ui/format"
import { Pause, Play } from "../../ui/icons"
import { Problem } from "../../ui/Problem"
import { Thumb } from "../../ui/Thumb"
import "./replay.css"

/** A session told from its first round to its last: what was shown, asked, answered, and what came of it. */
export function ReplayPage() {
  const { sessionId } = useParams({ from: "/sessions/$sessionId/replay" })
  const session = useSession(sessionId)
  return (
    <div className="page replay">
      {session.isError && <Problem problem={problemOf(session.error)} onRetry={() => void session.refetch()} />}
      {session.data && <Story session={session.data} />}
    </div>
  )
}

const BEAT_MS = 1600

function Story({ session }: { session: SessionView }) {
  const rounds = session.round_views.filter(({ candidates }) => candidates.length > 0)
  const [at, setAt] = useState<number | null>(null)
  const isPlaying = at !== null
  const total = rounds.length
  useEffect(() => {
    if (at === null) return
    const round = document.getElementById(`round-${String(rounds[at]?.index ?? 1)}`)
    round?.scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth", block: "center" })
    const timer = setTimeout(() => { setAt(at + 1 < total ? at + 1 : null) }, BEAT_MS)
    return () => { clearTimeout(timer) }
  }, [at, rounds, total])
  return (
    <>
      <div className="page-head">
        <h1>“{session.name}”, round by round</h1>
        <span className="muted">seed {session.seed} · {count(session.answers, "answer")} · {count(session.renders, "render")}</span>
        <span className="grow" />
        <Link to="/sessions/$sessionId" params={{ sessionId: session.id }} className="button">Open the session</Link>
      </div>
      {total === 0 ? (
        <EmptyState title="Nothing to tell yet">The story begins with the first round.</EmptyState>
      ) : (
        <div className="story">
          <nav aria-label="Rounds" className="index">
            <button type="button" className="button primary" onClick={() => { setAt(isPlaying ? null : 0) }}>
              {isPlaying ? <Pause /> : <Play />} {isPlaying ? "Pause" : "Play"}
            </button>
            <ol>
              {rounds.map((round, index) => (
                <li key={round.id}><a href={`#round-${String(round.index)}`} className={at === index ? "here" : ""}>Round {round.index}</a></li>
              ))}
            </ol>
          </nav>
          <ol className="chapters">
            {rounds.map((round, index) => <Chapter key={round.id} session={session} round={round} isHere={at === index} />)}
          </ol>
        </div>
      )}
    </>
  )
}

function Chapter({ session, round, isHere }: { session: SessionView; round: RoundView; isHere: boolean }) {
  const { answer } = round
  const took = answer?.decision_ms
  return (
    <li id={`round-${String(round.index)}`} className={isHere ? "chapter card here" : "chapter card"}>
      <div className="row wrap">
        <h2>Round {round.index}</h2>
        <span className="grow" />
        <Link to="/sessions/$sessionId" params={{ sessionId: session.id }} search={{ round: round.index }} className="button quiet">Open as it was</Link>
      </div>
      <div className="shown">
        {round.candidates.map((candidate) => {
          const verdict = verdictOn(answer, candidate.id)
          const forecast = forecastOf(candidate)
          const role = roleInWords(candidate.role)
          return (
            <figure key={candidate.id} className={verdict?.won ? "won" : ""} title={candidate.why ?? undefined}>
              <Thumb artifact={candidate.artifact} alt={`Picture ${String(candidate.slot + 1)}`} />
              <figcaption>
                {candidate.is_final && <span className="badge win">final</span>}
                {verdict && <span className={verdict.won ? "badge win" : "badge"}>{verdict.label}</span>}
                {role && <span className="badge">{role}</span>}
                {candidate.carried_from_round !== null && <span className="badge">from round {candidate.carried_from_round}</span>}
                {forecast && <span className="small muted">{percent(forecast.p_best)}</span>}
              </figcaption>
            </figure>
          )
        })}
      </div>
      <p className="soft">
        {answer ? lastRoundInWords(answer, round.candidates) : round.state === "awaiting" ? "It waits for your answer." : "It was not answered."}{" "}
        <span className="muted small">
          {took !== null && took !== undefined && `You took ${seconds(took)}.`}
        </span>
      </p>
      {answer && answer.comment !== "" && <blockquote className="soft">“{answer.comment}”</blockquote>}
    </li>
  )
}
