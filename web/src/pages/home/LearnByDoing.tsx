import { useMutation, useQueryClient } from "@tanstack/react-query"
import { Link, useNavigate } from "@tanstack/react-router"
import { useLab } from "../../client/context"
import { problemOf } from "../../client/problem"
import { keys } from "../../client/queries"
import { Problem } from "../../ui/Problem"
import { DICE, GUESS } from "../tours/names"

/** What can be tried or looked at before anything of one's own is there. */
export function LearnByDoing() {
  return (
    <section aria-labelledby="learn">
      <div className="page-head compact"><h2 id="learn">Learn by doing</h2></div>
      <ul className="tour-cards">
        <li>
          <Link to="/tours/beat-the-dice" className="tour-card">
            <DiceDrawing />
            <span className="words">
              <strong>{DICE}</strong>
              <span className="small soft">
                A target that only you see. Four choices against pictures drawn by lot: see steering learn, in a minute.
              </span>
            </span>
          </Link>
        </li>
        <li>
          <Link to="/tours/guess-my-choice" className="tour-card">
            <GuessDrawing />
            <span className="words">
              <strong>{GUESS}</strong>
              <span className="small soft">
                Five choices by your own taste. Each is forecast before you make it, and told after: see it come to know you.
              </span>
            </span>
          </Link>
        </li>
        <li><FinishedSession /></li>
      </ul>
    </section>
  )
}

/** Nothing is stored before it is asked for; asked again, it is the same session. */
function FinishedSession() {
  const lab = useLab()
  const cache = useQueryClient()
  const navigate = useNavigate()
  const opening = useMutation({
    mutationFn: () => lab.openExample(),
    onSuccess: (session) => {
      void cache.invalidateQueries({ queryKey: keys.sessions })
      void navigate({ to: "/sessions/$sessionId/replay", params: { sessionId: session.id } })
    },
  })
  return (
    <>
      <button type="button" className="tour-card" disabled={opening.isPending} onClick={() => { opening.mutate() }}>
        <RoundsDrawing />
        <span className="words">
          <strong>{opening.isPending ? "Opening it…" : "Look at a finished session"}</strong>
          <span className="small soft">
            Six rounds towards a blue fox, made on the starter: what was shown, chosen and learned. A program chose, by a rule that it tells.
          </span>
        </span>
      </button>
      {opening.isError && <Problem problem={problemOf(opening.error)} onRetry={() => { opening.mutate() }} />}
    </>
  )
}

/** A drawing, no data: throws all over, and a way that nears the ring. */
function DiceDrawing() {
  return (
    <svg viewBox="0 0 160 100" aria-hidden="true">
      {[[22, 24], [52, 80], [86, 18], [140, 82], [28, 62], [98, 86], [72, 44]].map(([x, y]) => <circle key={x} className="throw" cx={x} cy={y} r="4" />)}
      <path d="M40 52 74 62 102 46 122 40" />
      <circle className="step" cx="74" cy="62" r="4" />
      <circle className="step" cx="102" cy="46" r="4" />
      <circle className="aim" cx="126" cy="38" r="13" />
      <circle className="step" cx="122" cy="40" r="5" />
    </svg>
  )
}

/** A drawing, no data: a guess for each of four, the chosen one's the highest. */
function GuessDrawing() {
  return (
    <svg viewBox="0 0 160 100" aria-hidden="true">
      {[24, 14, 46, 10].map((height, slot) => (
        <g key={height}>
          <rect className={slot === 2 ? "taken" : "shown"} x={32 + 25 * slot} y="66" width="20" height="20" rx="3" />
          <path d={`M${String(42 + 25 * slot)} 60v${String(-height)}`} />
        </g>
      ))}
    </svg>
  )
}

/** A drawing, no data: rounds of four, one chosen in each. */
function RoundsDrawing() {
  return (
    <svg viewBox="0 0 160 100" aria-hidden="true">
      {[1, 3, 2].map((chosen, round) => [0, 1, 2, 3].map((slot) => (
        <rect key={`${String(round)}-${String(slot)}`} className={slot === chosen ? "taken" : "shown"} x={32 + 25 * slot} y={14 + 26 * round} width="20" height="20" rx="3" />
      )))}
    </svg>
  )
}
