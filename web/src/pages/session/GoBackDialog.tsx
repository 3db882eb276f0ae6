import { problemOf } from "../../client/problem"
import type { RoundView, SessionView } from "../../client/types"
import { onePress } from "../../elicitation/press"
import { Dialog } from "../../ui/Dialog"
import { count } from "../../ui/format"
import { Problem } from "../../ui/Problem"
import type { Course } from "./useCourse"

interface GoBackDialogProps {
  session: SessionView
  round: RoundView
  course: Course
  onClose: () => void
}

/** What going back to an earlier round sets aside, before it is done; it is there until it is done. */
export function GoBackDialog({ session, round, course, onClose }: GoBackDialogProps) {
  const go = () => { course.turn({ type: "revert", index: round.index }) }
  return (
    <Dialog title={`Go back to round ${String(round.index)}?`} isOpen onClose={onClose}>
      <div className="column">
        <p className="soft">{setAsideInWords(session, round)}</p>
        <p className="soft">Nothing is deleted: they stay in the film below, to be opened or branched from. Your answer to round {round.index} stays marked, for you to change.</p>
        {course.error && <Problem problem={problemOf(course.error)} onRetry={course.again} />}
        <div className="row">
          <button type="button" className="button primary" disabled={course.isPending} onClick={onePress(go)}>Go back to round {round.index}</button>
          <button type="button" className="button" onClick={onClose}>Stay here</button>
        </div>
      </div>
    </Dialog>
  )
}

/** Which rounds and answers would count no more. */
export function setAsideInWords({ round_views }: Pick<SessionView, "round_views">, { index }: Pick<RoundView, "index">): string {
  const later = round_views.filter((round) => round.index > index)
  const answers = later.filter(({ answer }) => answer !== null).length + 1
  const rounds = later.length === 0 ? "" : later.length === 1 ? `Round ${String(index + 1)} is set aside. ` : `Rounds ${String(index + 1)} to ${String(later.at(-1)?.index)} are set aside. `
  return `${rounds}${count(answers, "answer")} will count no more.`
}
