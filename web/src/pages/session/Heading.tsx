import { Link } from "@tanstack/react-router"
import type { Advice, Config, RoundView, SessionView } from "../../client/types"
import { onePress } from "../../elicitation/press"
import { agreementInWords, roundInWords } from "../../elicitation/words"
import { CopyCode } from "../../ui/CopyCode"
import { Branch, Pause, Play } from "../../ui/icons"
import { codeFor } from "../code"
import { adviceInShort } from "./advice"
import type { Course } from "./useCourse"

interface HeadingProps {
  session: SessionView
  /** Not yet there while it is weighed; its place is kept, so that nothing moves under the pointer when it comes. */
  advice: Advice | undefined
  /** The round that is looked at. */
  shown: RoundView | undefined
  course: Course
  onBranch: (() => void) | null
}

/** What the session is about, where it stands, and the ways from here to its other pages. */
export function Heading({ session, advice, shown, course, onBranch }: HeadingProps) {
  const config = session.config as unknown as Config
  const to = { params: { sessionId: session.id }, className: "button quiet" }
  const isAdvised = session.answers > 0 && session.space_fingerprint !== null && session.state === "active" && !session.read_only
  const hash = shown && `round-${String(shown.index)}`
  return (
    <div className="title">
      <h1>“{session.name}”</h1>
      <span className="muted">
        {roundInWords(session.round_views.at(-1)?.index ?? (config.style_probes > 0 ? 0 : 1)).toLowerCase()} · seed {session.seed}
      </span>
      {session.state === "paused" && <span className="badge" data-state="paused">paused</span>}
      {session.read_only && <span className="badge">imported</span>}
      {session.agreement && <span className="muted" title="Of the sets that came again unannounced, in how many you chose the same">{agreementInWords(session.agreement).replace(/^Y/, "y")}</span>}
      <span className="grow" />
      {isAdvised && <span className="advice" title={advice?.sentence}>Another round: <b>{advice ? adviceInShort(advice) : "…"}</b></span>}
      <span className="ways">
        <PauseButton session={session} course={course} />
        {onBranch && (
          <button type="button" className="button quiet icon" aria-label="Branch from this round" title="Branch from this round" onClick={onBranch}><Branch /></button>
        )}
        <CopyCode code={codeFor(shortened(config, session), session.id)} />
        <Link to="/sessions/$sessionId/replay" {...to} hash={hash}>Replay</Link>
        <Link to="/sessions/$sessionId/report" {...to} hash={shown?.state === "superseded" ? `aside-${shown.id}` : hash}>Report</Link>
      </span>
    </div>
  )
}

function PauseButton({ session, course }: { session: SessionView; course: Course }) {
  if (session.read_only || (session.state !== "active" && session.state !== "paused")) return null
  const isPaused = session.state === "paused"
  const label = isPaused ? "Resume" : "Pause"
  const title = isPaused ? "Resume: rounds are made again" : "Pause: no further round is made until you resume"
  return (
    <button
      type="button" className="button quiet icon" aria-label={label} title={title} disabled={course.isPending}
      onClick={onePress(() => { course.turn(isPaused ? resumed(session) : { type: "pause" }) })}
    >
      {isPaused ? <Play /> : <Pause />}
    </button>
  )
}

/** Going on, with the round that is due where the last one was answered in the pause. */
export function resumed(session: SessionView) {
  return { type: "resume", isRoundDue: session.round_views.at(-1)?.state === "answered" } as const
}

/** What has to be said to make this session again: what differs from the defaults. */
function shortened(config: Config, session: SessionView) {
  return {
    model: config.model,
    request: { prompt: session.prompt, ...asked(config), ...(config.request.negative_prompt ? { negative_prompt: config.request.negative_prompt } : {}), steps: config.request.steps ?? null },
    axes: config.axes,
    seed: session.seed,
    ...(config.candidates === 4 ? {} : { candidates: config.candidates }),
    ...(config.dimension === "balanced" ? {} : { dimension: config.dimension }),
    ...(config.style_probes ? { style_probes: config.style_probes } : {}),
    ...(config.taste === "off" ? {} : { taste: config.taste }),
    ...(config.radius === 1 ? {} : { radius: config.radius }),
    ...(config.query_kinds.length === 4 ? {} : { query_kinds: config.query_kinds }),
  }
}

/** What a text is asked by beside its prompt. */
function asked({ request: { prompts = [], max_tokens } }: Config) {
  return { ...(prompts.length > 0 ? { prompts } : {}), ...(max_tokens == null ? {} : { max_tokens }) }
}
