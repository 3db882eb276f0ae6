import { Link } from "@tanstack/react-router"
import { problemOf } from "../../client/problem"
import { useConvergence, useSession } from "../../client/queries"
import type { Convergence, SessionView } from "../../client/types"
import { Problem } from "../../ui/Problem"
import "../convergence/convergence.css"
import { CourseList } from "../convergence/CourseList"
import { GainFigure, LeftFigure, Standing } from "../convergence/Standing"
import "../session/session.css"

/** What was left and what was advised after each answer; nothing where nothing was answered. */
export function Converged({ sessionId }: { sessionId: string }) {
  const session = useSession(sessionId)
  return session.data && session.data.answers > 0 ? <Told session={session.data} /> : null
}

function Told({ session }: { session: SessionView }) {
  const found = useConvergence(session)
  return (
    <section id="converged" className="card report-card converged" aria-labelledby="converged-title">
      <header className="row wrap">
        <h2 id="converged-title">How it converged</h2>
        <span className="grow" />
        <Link to="/sessions/$sessionId/convergence" params={{ sessionId: session.id }} className="button quiet">All of it</Link>
      </header>
      {found.isError && <Problem problem={problemOf(found.error)} onRetry={() => void found.refetch()} />}
      {found.isLoading && <p className="note" aria-busy="true">Going back over your answers…</p>}
      {found.data && <Course session={session} found={found.data} />}
    </section>
  )
}

function Course({ session, found }: { session: SessionView; found: Convergence }) {
  const { course, now, figures } = found
  return (
    <>
      <div className="stop-advice"><Standing now={now} /></div>
      {figures.repeats > 0 && <p className="small soft">Of the sets that came again unannounced, you chose the same in {figures.repeats_same} of {figures.repeats}.</p>}
      <div className="convergence-figures">
        <LeftFigure course={course} now={now} />
        <GainFigure course={course} />
      </div>
      <CourseList session={session} points={course} />
    </>
  )
}
