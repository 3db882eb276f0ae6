import { useNavigate, useParams, useSearch } from "@tanstack/react-router"
import { useEffect, useState } from "react"
import { TriedMap } from "../../charts/TriedMap"
import { useLab } from "../../client/context"
import { problemOf } from "../../client/problem"
import { useAdvice, useBelief, useSession } from "../../client/queries"
import type { RoundView, SessionView } from "../../client/types"
import { MediumContext, mediumOf } from "../../ui/medium"
import { Problem } from "../../ui/Problem"
import { Toast } from "../../ui/Toast"
import { BeliefPanel } from "./BeliefPanel"
import { BranchDialog } from "./BranchDialog"
import { Filmstrip } from "./Filmstrip"
import { roundMeant } from "./filmtree"
import { Heading } from "./Heading"
import { LastRound } from "./LastRound"
import { MadeBy } from "./MadeBy"
import { PastRound } from "./PastRound"
import { FirstRound, Stage } from "./Stage"
import { Standing } from "./Standing"
import { SteerByHand } from "./SteerByHand"
import { StopAdvice } from "./StopAdvice"
import { UseDoses } from "./UseDoses"
import { useCourse } from "./useCourse"
import { useMarks } from "./useMarks"
import { focusPictures } from "./useRoundKeys"

/** A session: one decision at a time, with what is believed beside it. */
export function SessionPage() {
  const { sessionId } = useParams({ from: "/sessions/$sessionId" })
  const session = useSession(sessionId)
  if (session.data)
    return (
      <MediumContext value={mediumOf(session.data.model)}>
        <Session key={sessionId} session={session.data} />
      </MediumContext>
    )
  if (session.isError)
    return (
      <div className="page narrow">
        <Problem problem={problemOf(session.error)} onRetry={() => void session.refetch()} />
      </div>
    )
  return <div className="page" aria-busy="true" />
}

function Session({ session }: { session: SessionView }) {
  const { round: wanted, take } = useSearch({ from: "/sessions/$sessionId" })
  const navigate = useNavigate({ from: "/sessions/$sessionId" })
  const lab = useLab()
  const [isPanelOpen, setPanelOpen] = useState(false)
  const [told, setTold] = useState<string | null>(null)
  const [branchedFrom, setBranchedFrom] = useState<RoundView | null>(null)
  const present = () => { void navigate({ search: {} }) }
  const course = useCourse(session, (words) => {
    setTold(words)
    if (words !== null) present()
  })
  const isTurned = told !== null && !course.isPending
  useEffect(() => {
    if (isTurned) focusPictures() // Enter is for the round that waits, not for the button that led here
  }, [isTurned])
  const marks = useMarks(session)
  const belief = useBelief(session, session.space_fingerprint !== null)
  const advice = useAdvice(session, session.space_fingerprint !== null && session.answers > 0)
  const last = session.round_views.at(-1)
  const meant = wanted === undefined ? undefined : roundMeant(session, wanted, take)
  const past = meant?.id === last?.id ? undefined : meant
  const shown = past ?? last
  const answered = session.round_views.findLast(({ answer }) => answer !== null)
  const branchable = shown?.shown_at ? shown : session.round_views.findLast(({ shown_at }) => shown_at !== null)
  const onBranch = branchable ? () => { setBranchedFrom(branchable) } : null
  return (
    <div className="session">
      <section className="stage" aria-label="Rounds">
        <Heading session={session} advice={advice.data} shown={shown} course={course} onBranch={onBranch} />
        <Standing session={session} course={course} onBranch={onBranch} />
        {course.error && <Problem problem={problemOf(course.error)} onRetry={course.again} />}
        {marks.error && <Problem problem={problemOf(marks.error)} onRetry={marks.again} />}
        {past ? (
          <PastRound key={past.id} session={session} round={past} course={course} onMark={marks.mark} onBack={present} onBranch={past.shown_at ? onBranch : null} />
        ) : last ? (
          <Stage key={session.id} session={session} round={last} course={course} onMark={marks.mark} />
        ) : (
          <FirstRound session={session} />
        )}
        {!past && answered && answered.index !== (last?.answer ? -1 : last?.index) && (
          <LastRound round={answered} sessionId={session.id} />
        )}
        <Filmstrip session={session} shown={shown} />
        <MadeBy session={session} shown={shown} />
      </section>
      <button type="button" className="button panel-toggle" aria-expanded={isPanelOpen} aria-controls="panel" onClick={() => { setPanelOpen(!isPanelOpen) }}>
        {isPanelOpen ? "Hide what I believe" : "What I believe, and steering by hand"}
      </button>
      <aside id="panel" className={isPanelOpen ? "panel open" : "panel"} aria-label="Belief">
        {session.answers > 0 && <StopAdvice session={session} advice={advice.data} error={advice.error} onRetry={() => void advice.refetch()} />}
        <BeliefPanel belief={belief.data} error={belief.error} answers={session.answers} onRetry={() => void belief.refetch()} />
        {belief.data && session.answers > 0 && (
          <TriedMap
            rounds={session.round_views} radius={session.radius} axes={belief.data.axes.map(({ axis }) => axis)} widest={belief.data.widest}
            incumbentId={session.incumbent_id} region={session.region} {...(mediumOf(session.model) === "text" ? {} : { artifactUrl: lab.artifactUrl })}
            onOpen={(round) => { void navigate({ search: round === last?.index ? {} : { round } }) }}
          />
        )}
        {session.answers > 0 && mediumOf(session.model) === "text" && <UseDoses key={session.answers} session={session} />}
        {belief.data && !session.read_only && <SteerByHand session={session} belief={belief.data} />}
      </aside>
      {branchedFrom && <BranchDialog session={session} round={branchedFrom} onClose={() => { setBranchedFrom(null) }} />}
      {told !== null && <Toast onClose={() => { setTold(null) }}>{told}</Toast>}
    </div>
  )
}
