import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { TriedMap } from "../../charts/TriedMap"
import { useLab } from "../../client/context"
import { problemOf } from "../../client/problem"
import { useBelief, useSession } from "../../client/queries"
import type { Config, SessionView } from "../../client/types"
import { gainInWords } from "../../ui/format"
import { CopyCode } from "../../ui/CopyCode"
import { Problem } from "../../ui/Problem"
import { codeFor } from "../code"
import { BeliefPanel } from "./BeliefPanel"
import { Filmstrip } from "./Filmstrip"
import { LastRound } from "./LastRound"
import { PastRound } from "./PastRound"
import { FirstRound, Stage } from "./Stage"
import { SteerByHand } from "./SteerByHand"

/** A session: one decision at a time, with what is believed beside it. */
export function SessionPage() {
  const { sessionId } = useParams({ from: "/sessions/$sessionId" })
  const session = useSession(sessionId)
  if (session.data) return <Session key={sessionId} session={session.data} />
  if (session.isError)
    return (
      <div className="page narrow">
        <Problem problem={problemOf(session.error)} onRetry={() => void session.refetch()} />
      </div>
    )
  return <div className="page" aria-busy="true" />
}

function Session({ session }: { session: SessionView }) {
  const { round: wanted } = useSearch({ from: "/sessions/$sessionId" })
  const navigate = useNavigate({ from: "/sessions/$sessionId" })
  const lab = useLab()
  const [isPanelOpen, setPanelOpen] = useState(false)
  const isBuilt = session.space_fingerprint !== null
  const belief = useBelief(session.id, session.answers, isBuilt)
  const last = session.round_views.at(-1)
  const past = wanted === undefined || wanted === last?.index ? undefined : session.round_views.find(({ index }) => index === wanted)
  const present = () => { void navigate({ search: {} }) }
  const answered = session.round_views.findLast(({ answer }) => answer !== null)
  return (
    <div className="session">
      <section className="stage" aria-label="Rounds">
        <Heading session={session} gain={belief.data?.expected_gain ?? null} />
        {past ? (
          <PastRound session={session} round={past} onBack={present} />
        ) : last ? (
          <Stage key={session.id} session={session} round={last} />
        ) : (
          <FirstRound session={session} />
        )}
        {!past && answered && answered.index !== (last?.answer ? -1 : last?.index) && (
          <LastRound round={answered} sessionId={session.id} />
        )}
        <Filmstrip session={session} shown={(past ?? last)?.index} />
      </section>
      <button type="button" className="button panel-toggle" aria-expanded={isPanelOpen} aria-controls="panel" onClick={() => { setPanelOpen(!isPanelOpen) }}>
        {isPanelOpen ? "Hide what I believe" : "What I believe, and steering by hand"}
      </button>
      <aside id="panel" className={isPanelOpen ? "panel open" : "panel"} aria-label="Belief">
        <BeliefPanel belief={belief.data} error={belief.error} answers={session.answers} onRetry={() => void belief.refetch()} />
        {belief.data && session.answers > 0 && (
          <TriedMap
            rounds={session.round_views} radius={session.radius} axes={belief.data.axes.map(({ axis }) => axis)} widest={belief.data.widest}
            incumbentId={session.incumbent_id} region={session.region} artifactUrl={lab.artifactUrl}
            onOpen={(round) => { void navigate({ search: round === last?.index ? {} : { round } }) }}
          />
        )}
        {belief.data && <SteerByHand session={session} belief={belief.data} />}
      </aside>
    </div>
  )
}

function Heading({ session, gain }: { session: SessionView; gain: number | null }) {
  const config = session.config as unknown as Config
  return (
    <div className="title">
      <h1>“{session.name}”</h1>
      <span className="muted">
        round {session.round_views.at(-1)?.index ?? 0} · seed {session.seed}
      </span>
      <span className="grow" />
      {gain !== null && session.state === "active" && (
        <span className="advice" title={`Expected gain ${gain.toFixed(2)}, in units of choice noise: at 1.0 the better one wins 73 % of choices`}>
          Another round: <b>{gainInWords(gain)}</b>
        </span>
      )}
      <CopyCode code={codeFor(shortened(config, session), session.id)} />
      <Link to="/sessions/$sessionId/replay" params={{ sessionId: session.id }} className="button quiet">Replay</Link>
    </div>
  )
}

/** What has to be said to make this session again: what differs from the defaults. */
function shortened(config: Config, session: SessionView) {
  return {
    model: config.model,
    request: { prompt: session.prompt, ...(config.request.negative_prompt ? { negative_prompt: config.request.negative_prompt } : {}), steps: config.request.steps ?? null },
    axes: config.axes,
    seed: session.seed,
    ...(config.candidates === 4 ? {} : { candidates: config.candidates }),
    ...(config.dimension === "balanced" ? {} : { dimension: config.dimension }),
    ...(config.radius === 1 ? {} : { radius: config.radius }),
    ...(config.query_kinds.length === 4 ? {} : { query_kinds: config.query_kinds }),
  }
}
