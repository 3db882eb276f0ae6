import { Link } from "@tanstack/react-router"
import type { SessionView } from "../../client/types"
import { roundInWords } from "../../elicitation/words"
import { percent } from "../../ui/format"
import { VERDICT_WORDS } from "../session/advice"
import "./convergence.css"
import { reasonsOf, type Point } from "./words"

interface CourseListProps {
  session: SessionView
  /** In the order in which they are listed. */
  points: readonly Point[]
}

/** A line for each round: what was left after it, what was advised, where was looked and why. */
export function CourseList({ session: { id: sessionId, round_views }, points }: CourseListProps) {
  const repeatOf = (index: number) => round_views.find((round) => round.index === index && round.state !== "superseded")?.repeat?.index
  return (
    <ol className="course">
      {points.map((point) => (
        <li key={point.round} data-escape={point.escape?.widened === true}>
          <Link to="/sessions/$sessionId" params={{ sessionId }} search={{ round: point.round }}>{point.round === 0 ? "Style" : roundInWords(point.round)}</Link>
          <span>{point.advice?.left == null ? "not told" : `${percent(point.advice.left)} left`}</span>
          <span className="advised">{point.advice && VERDICT_WORDS[point.advice.verdict]}</span>
          <span className="soft">{reasonsOf(point, repeatOf(point.round)).join("; ") || "no reason recorded"}</span>
        </li>
      ))}
    </ol>
  )
}
