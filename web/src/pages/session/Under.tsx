import { Link } from "@tanstack/react-router"
import { useLab } from "../../client/context"
import { useLive } from "../../client/queries"
import type { QueryKind, RoundView, SessionView } from "../../client/types"
import { waysIn } from "../../elicitation/answer"
import type { Doing } from "../../elicitation/gesture"
import { onePress } from "../../elicitation/press"
import { QUERY_WORDS, roundInWords, STYLE_ROUND } from "../../elicitation/words"
import { count } from "../../ui/format"
import { leftInWords, PhaseBar, phaseInWords } from "../../ui/PhaseBar"
import { HowSure } from "./Remarks"
import type { Course } from "./useCourse"
import type { Choice } from "./useRound"
import { useNoun } from "../../ui/medium"

interface UnderProps {
  session: SessionView
  round: RoundView
  choice: Choice
  course: Course
  isOpen: boolean
  isSending: boolean
  isWorking: boolean
  hasEnded: boolean
  /** The round whose answer can be taken back. */
  undoable: number | undefined
  onAct: (act: Doing) => void
  onMode: (kind: QueryKind) => void
  /** Leaves what is no way of choosing. */
  onBack: (() => void) | null
  onConfirm: () => void
  onNext: () => void
  onUndo: () => void
}

/** The line of acts below the pictures: on, back, out. */
export function Under(props: UnderProps) {
  const { session, course, undoable, onUndo } = props
  if (session.read_only) return null
  return (
    <div className="under">
      <Onward {...props} />
      {props.isOpen && <Instead {...props} />}
      {undoable !== undefined && (
        <button type="button" className="button quiet undo" disabled={course.isPending} title={`Take your answer to ${roundInWords(undoable).toLowerCase()} back`} onClick={onePress(onUndo)}>
          Undo {roundInWords(undoable).toLowerCase()} <kbd>Z</kbd>
        </button>
      )}
      {props.isOpen && <span className="small muted hint">{hintOf(props)}</span>}
      <span className="grow" />
      {session.answers > 0 && session.state !== "completed" && (
        <Link to="/sessions/$sessionId/finish" params={{ sessionId: session.id }} className="button">Finish…</Link>
      )}
    </div>
  )
}

function hintOf({ round, choice: { selection, ready } }: UnderProps): string {
  const kept = selection.kept.length
  if (round.index !== STYLE_ROUND || selection.kind !== "shortlist") return QUERY_WORDS[selection.kind].hint
  if (kept === 0) return "Arrows move, Space keeps, Enter goes on."
  if (kept === ready.length) return "All of them? Then none tells me more than another: drop those you like less."
  return `${String(kept)} of ${String(ready.length)} kept${kept < 3 ? "; about five tell the most" : ""}.`
}

/** What can be said instead of a choice. */
function Instead({ round, choice, onAct, onMode, onBack }: UnderProps) {
  const { kind, isNoneKept } = choice.selection
  return (
    <>
      {kind === "shortlist" && round.index !== STYLE_ROUND && (
        <button type="button" className="button quiet toggle" data-part="none" aria-pressed={isNoneKept} onClick={() => { onAct({ type: "none" }) }}>None of these <kbd>N</kbd></button>
      )}
      {waysIn(round.query_kinds as QueryKind[]).asides.map((aside) => (
        <button key={aside} type="button" className="button quiet toggle" aria-pressed={kind === aside} title={QUERY_WORDS[aside].how} onClick={() => { if (kind === aside) onBack?.(); else onMode(aside) }}>
          {QUERY_WORDS[aside].short} <kbd>{aside === "tie" ? "T" : "0"}</kbd>
        </button>
      ))}
    </>
  )
}

/** The one act that leads on from here. */
function Onward({ session, round, choice, course, isOpen, isSending, isWorking, hasEnded, onConfirm, onNext }: UnderProps) {
  if (session.state === "completed")
    return (
      <>
        <Link to="/sessions/$sessionId/finish" params={{ sessionId: session.id }} className="button primary">See the result</Link>
        <button type="button" className="button" disabled={course.isPending} onClick={onePress(() => { course.turn({ type: "reopen" }) })}>Reopen it</button>
      </>
    )
  if (hasEnded) return null
  if (isWorking) return <Working round={round} />
  const isPaused = session.state === "paused"
  if (round.answer) return isPaused ? null : <button type="button" className="button primary" disabled={course.isPending} onClick={onNext}>Next round <kbd>Enter</kbd></button>
  return (
    <button type="button" className="button primary" disabled={!isOpen || choice.answer === null} onClick={onConfirm}>
      {isSending ? "Noting…" : isPaused ? "Keep this answer" : onwardOf(round, choice)} <kbd>Enter</kbd>
    </button>
  )
}

function onwardOf({ index }: RoundView, { selection: { kind, kept } }: Choice): string {
  if (index !== STYLE_ROUND || kind !== "shortlist") return "Next round"
  return kept.length === 0 ? "Begin" : `Begin with ${kept.length === 1 ? "this one" : `these ${String(kept.length)}`}`
}

function Working({ round }: { round: RoundView }) {
  const lab = useLab()
  const live = useLive(round.job?.id)
  const left = leftInWords(live)
  return (
    <div className="working">
      <div className="grow"><PhaseBar live={live} label={false} /></div>
      <span className="small soft phase-words">{phaseInWords(live)}{left && <span className="muted"> · {left}</span>}</span>
      {round.job && <button type="button" className="button" onClick={() => void lab.cancel(round.job?.id ?? "")}>Stop</button>}
      {live?.together != null && live.phase !== "halving" && (
        <p className="small muted together">{phaseInWords({ phase: "halving", done: live.together, total: 0 })}</p>
      )}
    </div>
  )
}

interface BesideProps {
  session: SessionView
  round: RoundView
  choice: Choice
  course: Course
  hasBest: boolean
  isRemarking: boolean
  onRemarks: () => void
}

/** What can be said or asked beside the answer itself. */
export function Beside({ session, round, choice, course, hasBest, isRemarking, onRemarks }: BesideProps) {
  const noun = useNoun().toLowerCase()
  const remarks = [choice.note, ...Object.values(choice.notes)].filter((words) => words !== "").length
  return (
    <div className="beside">
      <HowSure value={choice.confidence} onChange={(confidence) => { choice.say({ confidence }) }} />
      <button type="button" className="button quiet" aria-expanded={isRemarking} aria-controls="remarks" onClick={onRemarks}>
        {remarks > 0 ? count(remarks, "remark") : "Add a remark"} <kbd>W</kbd>
      </button>
      {session.state === "active" && (
        <button
          type="button" className="button quiet" disabled={course.isPending} title={`Other ${noun}s from the same answers; these are kept beside them`}
          onClick={onePress(() => { course.turn({ type: "regenerate", roundId: round.id, index: round.index }) })}
        >
          Show others
        </button>
      )}
      <span className="grow" />
      {hasBest && <span className="small muted compare-hint">hold <kbd>C</kbd> to compare with your best</span>}
    </div>
  )
}
