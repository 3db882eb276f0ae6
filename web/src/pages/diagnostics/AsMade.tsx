import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useLab } from "../../client/context"
import { problemOf } from "../../client/problem"
import { useSession } from "../../client/queries"
import type { Diagnostics, RoundView, SessionView } from "../../client/types"
import { count } from "../../ui/format"
import { Problem } from "../../ui/Problem"
import { roundMeant } from "../session/filmtree"
import { Card, Fact } from "./parts"
import { clock, deviceInWords, orUnknown, sinceThen, type Environment } from "./words"

/** A round of a session, as an address names it. */
export interface Meant {
  session: string
  round: number
  take?: number
}

/** What a round's pictures were made by and where, as it was then; and the ways back to that round. */
export function AsMade({ meant, seen, now }: { meant: Meant; seen: Diagnostics; now: number }) {
  const session = useSession(meant.session)
  if (session.isError) return <Problem problem={problemOf(session.error)} onRetry={() => void session.refetch()} />
  if (!session.data) return <div className="skeleton as-made-space" aria-busy="true" />
  const round = roundMeant(session.data, meant.round, meant.take)
  return (
    <Card title={`When round ${String(meant.round)} of “${session.data.name}” was made`} wide>
      {round?.run_id ? <Made runId={round.run_id} seen={seen} now={now} /> : <p className="soft">{round ? "Its pictures are not made yet." : "The session has no such round."}</p>}
      {round && <Ways session={session.data} round={round} />}
    </Card>
  )
}

function Ways({ session, round }: { session: SessionView; round: RoundView }) {
  const isAside = round.state === "superseded"
  const to = { params: { sessionId: session.id }, className: "button" }
  const hash = `round-${String(round.index)}`
  return (
    <div className="row wrap">
      <Link to="/sessions/$sessionId" {...to} search={{ round: round.index, ...(isAside ? { take: round.take } : {}) }}>Back to the round</Link>
      {!isAside && <Link to="/sessions/$sessionId/replay" {...to} hash={hash}>Replay</Link>}
      <Link to="/sessions/$sessionId/report" {...to} hash={isAside ? `aside-${round.id}` : hash}>Report</Link>
    </div>
  )
}

function Made({ runId, seen, now }: { runId: string; seen: Diagnostics; now: number }) {
  const lab = useLab()
  const run = useQuery({ queryKey: ["run", runId], queryFn: () => lab.run(runId), staleTime: Infinity })
  if (run.isError) return <Problem problem={problemOf(run.error)} onRetry={() => void run.refetch()} />
  if (!run.data) return <div aria-busy="true" />
  const then = run.data.environment as Environment
  const changed = sinceThen(then, seen)
  return (
    <dl>
      <Fact name="Model" value={run.data.model} note={`begun ${clock(run.data.created_at, now)}`} />
      <Fact name="Device" value={deviceInWords(then.device ?? null)} note={then.threads ? `${then.dtype ?? ""}, ${count(then.threads, "thread")}` : then.dtype} />
      <Fact name="System" value={orUnknown(then.platform)} mono />
      <Fact name="Versions" value={Object.entries({ ...then.versions, python: then.python }).map(([name, version]) => `${name} ${version ?? ""}`).join(", ")} mono />
      <Fact
        name="Since then" value={changed.length === 0 ? "nothing has changed" : changed.join(" · ")}
        note="device, numbers, system and versions; pictures come again byte for byte only where they are the same"
      />
    </dl>
  )
}
