import { Link, useParams } from "@tanstack/react-router"
import { Bands, type Banded } from "../../charts/Bands"
import { share } from "../../charts/format"
import { Series } from "../../charts/Series"
import { problemOf } from "../../client/problem"
import { useConvergence, useSession } from "../../client/queries"
import type { Advice, Convergence, SessionView } from "../../client/types"
import { Problem } from "../../ui/Problem"
import "../session/session.css"
import "./convergence.css"
import { CourseList } from "./CourseList"
import { GainFigure, LeftFigure, Standing } from "./Standing"
import { SteadyCard } from "./SteadyCard"
import { changeInWords, forecastsInWords, unknowns, type Point } from "./words"

/** How a session came to where it is, and whether to go on: never a success because nothing moves. */
export function ConvergencePage() {
  const { sessionId = "" } = useParams({ strict: false })
  const session = useSession(sessionId)
  if (session.data) return <Course session={session.data} />
  return (
    <div className="page narrow" aria-busy={session.isPending}>
      {session.isError && <Problem problem={problemOf(session.error)} onRetry={() => void session.refetch()} />}
    </div>
  )
}

function Course({ session }: { session: SessionView }) {
  const found = useConvergence(session)
  const to = { params: { sessionId: session.id }, className: "button" }
  return (
    <div className="page convergence">
      <div className="page-head">
        <div className="grow">
          <h1>“{session.name}”</h1>
          <p className="soft small">How it went, round by round</p>
        </div>
        <Link to="/sessions/$sessionId/report" {...to}>Report</Link>
        <Link to="/sessions/$sessionId" {...to}>Session</Link>
      </div>
      {session.space_fingerprint === null && <p className="note">Nothing yet: the first round builds the space, your first answer tells which way to go.</p>}
      {found.isError && <Problem problem={problemOf(found.error)} onRetry={() => void found.refetch()} />}
      {found.isLoading && <p className="note" aria-busy="true">Going back over your answers…</p>}
      {found.data && <Found session={session} found={found.data} />}
    </div>
  )
}

function Found({ session, found }: { session: SessionView; found: Convergence }) {
  const { now, course } = found
  return (
    <>
      <section className="card stop-advice" aria-label="Advice">
        <Standing now={now} />
        <p className="note">{changeInWords(found)}</p>
      </section>
      {course.length > 0 && <Figures session={session} found={found} />}
      {course.length > 0 && (
        <section className="card" aria-label="Rounds, and why">
          <h2>Rounds, and why</h2>
          <CourseList session={session} points={[...course].reverse()} />
        </section>
      )}
      <section className="card" aria-label="What I can’t tell">
        <h2>What I can’t tell</h2>
        <ul className="cannot">{unknowns(found).map((words) => <li key={words}>{words}</li>)}</ul>
      </section>
    </>
  )
}

function Figures({ session, found }: { session: SessionView; found: Convergence }) {
  const { course } = found
  const told = course.flatMap(({ round, advice }) => (advice === null ? [] : [{ round, advice }]))
  const known = (read: (point: Point) => number | null) => course.flatMap((point) => { const y = read(point); return y === null ? [] : [[point.round, y] as const] })
  return (
    <div className="convergence-figures">
      <LeftFigure {...found} />
      <Bands
        title="Your best beside the prompt" reading="How often you would prefer your best to the prompt as it is." over="round" file="lead"
        points={told.flatMap(({ round: x, advice }) => lead(x, advice))} mark={{ value: 0.5, name: "no difference" }}
      />
      <GainFigure course={course} />
      <Series
        title="Steps and radius" reading="How far your best moved, and how far around it I looked; 1 is the radius of the space." over="round" file="steps"
        placeInWords={(x) => `round ${String(x)}`} valueInWords={(y) => y.toFixed(2)}
        lines={[{ name: "step of your best", points: known(({ step }) => step) }, { name: "radius", points: known(({ radius }) => radius) }]}
      />
      <section className="card" aria-label="Forecasts"><h2>Forecasts</h2><p>{forecastsInWords(found)}</p></section>
      <SteadyCard session={session} />
    </div>
  )
}

function lead(x: number, { lead: mid, lead_low: low, lead_high: high }: Advice): Banded[] {
  return mid === null || low === null || high === null ? [] : [{ x, mid: share(mid), low: share(low), high: share(high) }]
}
