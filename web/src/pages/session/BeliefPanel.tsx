import { movedInWords } from "../../charts/format"
import { BeliefSlice } from "../../charts/BeliefSlice"
import { problemOf } from "../../client/problem"
import type { Belief } from "../../client/types"
import { Problem } from "../../ui/Problem"

interface BeliefPanelProps {
  belief: Belief | undefined
  error: Error | null
  answers: number
  onRetry: () => void
}

/** What is believed so far, with how sure it is; unknown is shown as unknown. */
export function BeliefPanel({ belief, error, answers, onRetry }: BeliefPanelProps) {
  return (
    <section className="believe">
      <h3>What I believe</h3>
      {error && <Problem problem={problemOf(error)} onRetry={onRetry} />}
      {answers === 0 && <p className="note">Nothing yet. Your first answer tells me which way to go.</p>}
      {!belief && !error && answers > 0 && <p className="note" aria-busy="true">Thinking about your answers…</p>}
      {belief && answers > 0 && (
        <>
          {belief.axes.map((axis) => <BeliefSlice key={axis.axis.name} belief={axis} />)}
          <p className="note">{movedInWords(belief.axes)} {standingInWords(belief)}</p>
        </>
      )}
    </section>
  )
}

function standingInWords({ axes, answers }: Belief): string {
  if (axes.some(({ known }) => known)) return ""
  return `I can’t tell on any axis yet: ${answers < 3 ? "two more answers" : "a few more answers"} would help.`
}
