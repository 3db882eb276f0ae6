import { Link } from "@tanstack/react-router"
import { useState } from "react"
import type { SessionSummary } from "../../client/types"
import { ago, count } from "../../ui/format"
import { Thumb } from "../../ui/Thumb"
import type { Chosen } from "./useChosen"

/** Sessions as the picture that stands for each; with a box to tick where they can be chosen. */
export function SessionGrid({ sessions, chosen }: { sessions: SessionSummary[]; chosen?: Chosen }) {
  const [now] = useState(Date.now)
  return (
    <ul className="sessions">
      {sessions.map((session) => (
        <li key={session.id} className={chosen ? "choosable" : undefined}>
          <Link to="/sessions/$sessionId" params={{ sessionId: session.id }} className="session-card">
            <Thumb artifact={session.artifact} alt="" model={session.model} />
            <span className="words">
              <strong>{session.name}</strong>
              <span className="small muted">
                {session.state === "completed" ? "finished" : `round ${String(session.rounds)}`} · {count(session.answers, "answer")} · {ago(session.updated_at, now)}
              </span>
            </span>
          </Link>
          {chosen && (
            <label className="tick">
              <input
                type="checkbox" aria-label={`Choose “${session.name}”`} checked={chosen.sessions.some(({ id }) => id === session.id)}
                onChange={() => { chosen.toggle(session) }}
              />
            </label>
          )}
        </li>
      ))}
    </ul>
  )
}
