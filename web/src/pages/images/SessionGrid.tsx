import { Link } from "@tanstack/react-router"
import { useState } from "react"
import type { SessionSummary } from "../../client/types"
import { ago, count } from "../../ui/format"
import { Thumb } from "../../ui/Thumb"

/** Sessions as the picture that stands for each. */
export function SessionGrid({ sessions }: { sessions: SessionSummary[] }) {
  const [now] = useState(Date.now)
  return (
    <ul className="sessions">
      {sessions.map((session) => (
        <li key={session.id}>
          <Link to="/sessions/$sessionId" params={{ sessionId: session.id }} className="session-card">
            <Thumb artifact={session.artifact} alt="" />
            <span className="words">
              <strong>{session.name}</strong>
              <span className="small muted">
                {session.state === "completed" ? "finished" : `round ${String(session.rounds)}`} · {count(session.answers, "answer")} · {ago(session.updated_at, now)}
              </span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
