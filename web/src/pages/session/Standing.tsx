import type { SessionView } from "../../client/types"
import { onePress } from "../../elicitation/press"
import { resumed } from "./Heading"
import type { Course } from "./useCourse"

interface StandingProps {
  session: SessionView
  course: Course
  onBranch: (() => void) | null
}

/** A bar where the session doesn't simply go on: paused, or kept as it came. */
export function Standing({ session, course, onBranch }: StandingProps) {
  if (session.read_only)
    return (
      <div className="standing" role="status">
        <span>This session was imported, so it is kept as it came. A branch of it is yours to go on with.</span>
        {onBranch && <button type="button" className="button" onClick={onBranch}>Branch…</button>}
      </div>
    )
  if (session.state !== "paused") return null
  return (
    <div className="standing" role="status">
      <span>Paused. Your answer is taken, but no next round is made until you resume.</span>
      <button type="button" className="button" disabled={course.isPending} onClick={onePress(() => { course.turn(resumed(session)) })}>Resume</button>
    </div>
  )
}
