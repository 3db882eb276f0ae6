import { Link, useParams } from "@tanstack/react-router"
import { useLab } from "../../client/context"
import { problemOf } from "../../client/problem"
import { useBelief, useSession } from "../../client/queries"
import type { Axis, SessionView } from "../../client/types"
import { TriedMap } from "../../charts/TriedMap"
import { EmptyState } from "../../ui/EmptyState"
import { count } from "../../ui/format"
import { Pause, Play } from "../../ui/icons"
import { useKeys } from "../../ui/keyboard"
import { MediumContext, mediumOf } from "../../ui/medium"
import { Problem } from "../../ui/Problem"
import { ChapterCard } from "./ChapterCard"
import "./replay.css"
import { RoundIndex } from "./RoundIndex"
import { storyOf } from "./story"
import { usePlayer } from "./usePlayer"
import { usePosition } from "./usePosition"

/** A session told round by round; the session's id comes from the address where none is given. */
export function ReplayPage({ sessionId }: { sessionId?: string }) {
  const params = useParams({ strict: false })
  const id = sessionId ?? params.sessionId ?? ""
  const session = useSession(id)
  if (session.data) return <MediumContext value={mediumOf(session.data.model)}><Replay key={id} session={session.data} /></MediumContext>
  if (session.isError)
    return (
      <div className="page narrow">
        <Problem problem={problemOf(session.error)} onRetry={() => void session.refetch()} />
      </div>
    )
  return <Waiting />
}

function Waiting() {
  return (
    <div className="page replay" aria-busy="true" aria-label="Reading the session">
      <div className="skeleton head-space" />
      {[1, 2].map((chapter) => <div key={chapter} className="skeleton chapter-space" />)}
    </div>
  )
}

function Replay({ session }: { session: SessionView }) {
  return session.round_views.length === 0 ? <Nothing session={session} /> : <Story session={session} />
}

function Nothing({ session }: { session: SessionView }) {
  return (
    <div className="page narrow">
      <div className="page-head"><h1>“{session.name}”</h1></div>
      <EmptyState
        title="Nothing to replay yet"
        action={<Link to="/sessions/$sessionId" params={{ sessionId: session.id }} className="button primary">Go to the session</Link>}
      >
        A replay tells each round: what you were shown, what you chose, what I had forecast, and what changed. It begins with your first round.
      </EmptyState>
    </div>
  )
}

function Story({ session }: { session: SessionView }) {
  const story = storyOf(session)
  const [here, go] = usePosition(story.map(({ round }) => round.index))
  const player = usePlayer(here, story.length, go)
  const step = (by: number) => () => {
    player.stop()
    go(Math.min(story.length - 1, Math.max(0, here + by)))
  }
  useKeys({ p: player.toggle, ArrowLeft: step(-1), ArrowRight: step(1) })
  const jump = (position: number) => {
    player.stop()
    go(position)
  }
  return (
    <div className="page replay">
      <Head session={session} index={story[here]?.round.index} isPlaying={player.isPlaying} onPlay={player.toggle} />
      <div className="replay-body">
        <RoundIndex story={story} here={here} onGo={jump} />
        <div className="chapters">
          {story.map((chapter, position) => (
            <ChapterCard
              key={chapter.round.id} chapter={chapter} sessionId={session.id} isHere={position === here}
              isAsking={player.isAsking && position === here && chapter.round.answer !== null}
            />
          ))}
          <Ending session={session} onOpen={(index) => { jump(story.findIndex(({ round }) => round.index === index)) }} />
        </div>
      </div>
    </div>
  )
}

interface HeadProps {
  session: SessionView
  /** The round that is looked at. */
  index: number | undefined
  isPlaying: boolean
  onPlay: () => void
}

function Head({ session, index, isPlaying, onPlay }: HeadProps) {
  return (
    <div className="page-head replay-head">
      <div>
        <h1>“{session.name}”</h1>
        <p className="soft small">
          {[count(session.rounds, "round"), count(session.answers, "answer"), count(session.renders, "picture"), `seed ${String(session.seed)}`].join(" · ")}
        </p>
      </div>
      <span className="grow" />
      <Link to="/diagnostics" search={index === undefined ? {} : { session: session.id, round: index }} className="button quiet">Diagnostics</Link>
      <Link to="/sessions/$sessionId" params={{ sessionId: session.id }} className="button">Session</Link>
      <button type="button" className="button primary play" aria-pressed={isPlaying} onClick={onPlay}>
        {isPlaying ? <Pause /> : <Play />} {isPlaying ? "Pause" : "Play"} <kbd>P</kbd>
      </button>
    </div>
  )
}

interface EndingProps {
  session: SessionView
  onOpen: (round: number) => void
}

/** Where it all stands: everything tried, and what can be done now. */
function Ending({ session, onOpen }: EndingProps) {
  const lab = useLab()
  const belief = useBelief(session, session.space_fingerprint !== null && session.answers > 0)
  const isDone = session.final_id !== null
  return (
    <section className="chapter card ending" aria-label="Where it stands">
      {belief.data && (
        <TriedMap
          rounds={session.round_views} radius={session.radius} axes={session.axes as unknown as Axis[]} widest={belief.data.widest} region={session.region}
          incumbentId={session.incumbent_id} {...(mediumOf(session.model) === "text" ? {} : { artifactUrl: lab.artifactUrl })} onOpen={onOpen}
        />
      )}
      <div className="ending-words">
        <h2>{isDone ? "You named your final picture" : session.answers === 0 ? "The story begins with your answer" : "The story goes on"}</h2>
        <p className="soft">
          {isDone ? "It can be rendered larger, checked on fresh seeds and taken away with its recipe." : "Every answer adds a round; nothing here is lost when you come back."}
        </p>
        <div className="row wrap">
          <Link to="/sessions/$sessionId" params={{ sessionId: session.id }} className="button">Go on</Link>
          {session.answers > 0 && (
            <Link to="/sessions/$sessionId/finish" params={{ sessionId: session.id }} className="button">{isDone ? "Take it away" : "Finish"}</Link>
          )}
        </div>
      </div>
    </section>
  )
}
