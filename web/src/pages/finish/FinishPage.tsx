import { useMutation, useQueryClient } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import { useLab } from "../../client/context"
import { problemOf } from "../../client/problem"
import { keys, useSession } from "../../client/queries"
import type { CandidateView, SessionView } from "../../client/types"
import { EmptyState } from "../../ui/EmptyState"
import { Badge } from "../../ui/Badge"
import { MediumContext, mediumOf, useNoun } from "../../ui/medium"
import { Problem } from "../../ui/Problem"
import { useKept } from "../../ui/storage"
import { Thumb } from "../../ui/Thumb"
import "./finish.css"
import { FinalRender } from "./FinalRender"
import { FreshSeeds } from "./FreshSeeds"
import { TakeAway } from "./TakeAway"

/** Name the final picture, say how close it came, check it, render it, take it away. */
export function FinishPage() {
  const { sessionId } = useParams({ from: "/sessions/$sessionId/finish" })
  const session = useSession(sessionId)
  return (
    <div className="page finish">
      {session.isError && <Problem problem={problemOf(session.error)} onRetry={() => void session.refetch()} />}
      {session.data && <MediumContext value={mediumOf(session.data.model)}><Finish session={session.data} /></MediumContext>}
    </div>
  )
}

const CLOSENESS = ["far from it", "somewhat", "close", "very close", "exactly it"]

interface Kept {
  candidateId: string | null
  closeness: number | null
  comment: string
}

function Finish({ session }: { session: SessionView }) {
  const pictures = distinctPictures(session)
  const isText = mediumOf(session.model) === "text"
  const isDone = session.state === "completed"
  const [kept, setKept] = useKept<Kept>(sessionStorage, `finish.${session.id}`, { candidateId: null, closeness: session.closeness, comment: session.outcome })
  const chosenId = isDone ? session.final_id : (kept.candidateId ?? session.final_id ?? session.incumbent_id)
  const picture = pictures.find(({ id }) => id === chosenId) ?? pictures.at(-1)
  if (picture === undefined)
    return (
      <EmptyState title={isText ? "No text yet" : "No picture yet"} action={<Link to="/sessions/$sessionId" params={{ sessionId: session.id }} className="button primary">Back to the session</Link>}>
        A session can be finished once a round has been drawn.
      </EmptyState>
    )
  return (
    <>
      <div className="page-head">
        <h1>{isDone ? `“${session.name}”, finished` : `Finish “${session.name}”`}</h1>
        <span className="grow" />
        <Link to="/sessions/$sessionId/replay" params={{ sessionId: session.id }} className="button quiet">Replay</Link>
        <Link to="/sessions/$sessionId/report" params={{ sessionId: session.id }} className="button quiet">Report</Link>
        <Link to="/sessions/$sessionId" params={{ sessionId: session.id }} className="button">Back to the session</Link>
      </div>
      <div className="finish-grid">
        <figure className="final card">
          <Thumb artifact={picture.artifact} alt={isText ? "The final text" : "The final picture"} full />
          <figcaption className="row wrap">
            {picture.is_final ? <Badge kind="final" /> : <span className="badge">your choice now</span>}
            <span className="grow" />
            <span className="mono muted">noise seed {picture.seed}</span>
          </figcaption>
        </figure>
        <div className="column wide-gap">
          {isDone ? <Outcome session={session} /> : (
            <NameIt session={session} picture={picture} pictures={pictures} kept={kept} onKeep={setKept} />
          )}
          <FreshSeeds key={`v${picture.id}`} sessionId={session.id} candidateId={picture.id} />
          {!isText && <FinalRender key={`f${picture.id}`} session={session} candidateId={picture.id} />}
          {isDone && <TakeAway sessionId={session.id} candidateId={picture.id} isText={isText} />}
        </div>
      </div>
    </>
  )
}

interface NameItProps {
  session: SessionView
  picture: CandidateView
  pictures: CandidateView[]
  kept: Kept
  onKeep: (kept: Kept) => void
}

function NameIt({ session, picture, pictures, kept, onKeep }: NameItProps) {
  const lab = useLab()
  const noun = useNoun()
  const cache = useQueryClient()
  const finish = useMutation({
    mutationFn: () => lab.finish(session.id, picture.id, kept.closeness, kept.comment),
    onSuccess: (done) => {
      cache.setQueryData(keys.session(session.id), done)
      void cache.invalidateQueries({ queryKey: keys.sessions })
    },
  })
  return (
    <section className="column">
      <h2>Which one is it?</h2>
      <div className="pickable" role="group" aria-label={`${noun}s of this session`}>
        {pictures.map((one, index) => (
          <button key={one.id} type="button" aria-pressed={one.id === picture.id} aria-label={`${noun} ${String(index + 1)}`} onClick={() => { onKeep({ ...kept, candidateId: one.id }) }}>
            <Thumb artifact={one.artifact} alt="" />
          </button>
        ))}
      </div>
      <fieldset className="closeness">
        <legend className="label">How close did it come? <span className="muted">(if you like)</span></legend>
        <div className="row wrap">
          {CLOSENESS.map((words, index) => (
            <button
              key={words} type="button" className="chip" aria-pressed={kept.closeness === index + 1}
              onClick={() => { onKeep({ ...kept, closeness: kept.closeness === index + 1 ? null : index + 1 }) }}
            >
              {index + 1} · {words}
            </button>
          ))}
        </div>
      </fieldset>
      <label className="field">
        <span className="label">A word about it <span className="muted">(kept as you write it)</span></span>
        <textarea className="input" rows={2} maxLength={4000} value={kept.comment} onChange={(event) => { onKeep({ ...kept, comment: event.target.value }) }} />
      </label>
      {finish.error && <Problem problem={problemOf(finish.error)} onRetry={() => { finish.mutate() }} />}
      <div className="row">
        <button type="button" className="button primary large" disabled={finish.isPending} onClick={() => { finish.mutate() }}>
          {finish.isPending ? "Naming it…" : `This is the final ${noun.toLowerCase()}`}
        </button>
      </div>
    </section>
  )
}

function Outcome({ session }: { session: SessionView }) {
  const lab = useLab()
  const cache = useQueryClient()
  const reopen = useMutation({
    mutationFn: () => lab.reopen(session.id),
    onSuccess: (open) => { cache.setQueryData(keys.session(session.id), open) },
  })
  return (
    <section className="column">
      <p>
        {session.closeness === null ? "You named it final." : `You named it final: ${CLOSENESS[session.closeness - 1] ?? ""} (${String(session.closeness)} of 5).`}{" "}
        It took {session.answers} {session.answers === 1 ? "answer" : "answers"} and {session.renders} renders.
      </p>
      {session.outcome !== "" && <blockquote className="soft">“{session.outcome}”</blockquote>}
      <div className="row wrap">
        <button type="button" className="button" disabled={reopen.isPending} onClick={() => { reopen.mutate() }}>Reopen it</button>
        <span className="small muted">Go on steering; nothing is lost.</span>
      </div>
      {reopen.error && <Problem problem={problemOf(reopen.error)} onRetry={() => { reopen.mutate() }} />}
    </section>
  )
}

/** Each picture once, newest first; what was carried over is the same picture as where it came from. */
function distinctPictures(session: SessionView): CandidateView[] {
  const all = session.round_views.flatMap(({ candidates }) => candidates)
  return all.filter(({ artifact, carried_from }) => artifact !== null && carried_from === null).reverse()
}
