import { Link } from "@tanstack/react-router"
import { WayLeft } from "../../charts/WayLeft"
import { problemOf } from "../../client/problem"
import type { Advice, RoundView, SessionView } from "../../client/types"
import { percent } from "../../ui/format"
import { Problem } from "../../ui/Problem"
import { chanceInWords, VERDICT_WORDS } from "./advice"

interface StopAdviceProps {
  session: SessionView
  advice: Advice | undefined
  error: Error | null
  onRetry: () => void
}

/** Whether another round is worth it, how sure that is, and which answers it is read from. */
export function StopAdvice({ session, advice, error, onRetry }: StopAdviceProps) {
  return (
    <section className="believe stop-advice">
      <h3>Is another round worth it?</h3>
      {error && <Problem problem={problemOf(error)} onRetry={onRetry} />}
      {!advice && !error && <p className="note" aria-busy="true">Weighing your answers…</p>}
      {advice && (
        <>
          <p className="verdict" data-verdict={advice.verdict}>{VERDICT_WORDS[advice.verdict]}</p>
          <p className="note">{advice.sentence}</p>
          <WayLeft {...advice} />
          {advice.chance !== null && <p className="note">{chanceInWords(advice.chance)}</p>}
          <Evidence session={session} advice={advice} />
        </>
      )}
      <Link to="/sessions/$sessionId/convergence" params={{ sessionId: session.id }} className="small">How it went, round by round</Link>
    </section>
  )
}

function Evidence({ session, advice }: { session: SessionView; advice: Advice }) {
  const answered = session.round_views.filter(({ answer }) => answer !== null)
  const isAnother = advice.held !== null && !sameSample(session, advice.held)
  return (
    <dl className="evidence">
      <dt>Likeliest the best of all you saw</dt>
      <dd>
        {advice.seen.map(({ candidate_id, answer, p_best }, i) => (
          <span key={candidate_id}>{i > 0 && ", "}{toRound(session, answered[answer - 1])} {percent(p_best)}</span>
        ))}
        {isAnother && <span className="field-note">Your last choice is another: compare both before you finish.</span>}
      </dd>
      {advice.moved_by.length > 0 && (
        <>
          <dt>Answers that put your best where it is</dt>
          <dd>
            {advice.moved_by.map(({ answer, raised }, i) => (
              <span key={answer} title={`${raised > 0 ? "+" : "−"}${Math.abs(raised).toFixed(1)} over your prompt as it is, in units of choice noise`}>
                {i > 0 && ", "}{toRound(session, answered[answer - 1])} {raised > 0 ? "for it" : "against"}
              </span>
            ))}
          </dd>
        </>
      )}
    </dl>
  )
}

function toRound(session: SessionView, round: RoundView | undefined) {
  if (round === undefined) return null
  return (
    <Link to="/sessions/$sessionId" params={{ sessionId: session.id }} search={{ round: round.index }}>
      {round.index === 0 ? "the style round" : `round ${String(round.index)}`}
    </Link>
  )
}

/** Whether a candidate is the best so far, or an earlier showing of the same picture. */
function sameSample({ round_views, incumbent_id }: SessionView, id: string): boolean {
  const candidates = round_views.flatMap((round) => round.candidates)
  const artifact = candidates.find((one) => one.id === incumbent_id)?.artifact
  return id === incumbent_id || (artifact !== undefined && candidates.find((one) => one.id === id)?.artifact === artifact)
}
