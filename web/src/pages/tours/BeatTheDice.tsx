import { Link } from "@tanstack/react-router"
import { LearningCurve } from "../../charts/LearningCurve"
import type { RenderedSample } from "../../client/types"
import { count } from "../../ui/format"
import { Problem } from "../../ui/Problem"
import { Thumb } from "../../ui/Thumb"
import { Choice } from "./Choice"
import { distance, outcome, type Standing } from "./dice"
import { DICE } from "./names"
import { PICKS, useDice } from "./useDice"
import "./tours.css"

const RENDERS = 4 + 3 * (PICKS - 1) // the first round is all new; later ones show your best again

/** A one-minute tour: a target that only the person sees, four choices, and the dice on as many pictures. */
export function BeatTheDice() {
  const tour = useDice()
  const { session, standings, target, throws } = tour
  const round = session?.round_views.at(-1)
  const isDone = standings.length === PICKS
  return (
    <div className="page tour">
      <div className="page-head">
        <h1>{DICE}</h1>
        <span className="muted small">a tour of one minute</span>
        <span className="grow" />
        {session && <button type="button" className="button quiet" onClick={tour.leave}>Start over</button>}
      </div>
      {tour.problem && <Problem problem={tour.problem} onRetry={tour.retry} />}
      {tour.isComing ? (
        <div aria-busy="true" />
      ) : session === undefined ? (
        <Opening isStarting={tour.start.isPending} onStart={() => { tour.start.mutate() }} />
      ) : (
        <div className="tour-board">
          <Target sample={target} />
          <section className="tour-ask" aria-label="Your turn">
            {isDone ? (
              <Ending standing={standings.at(-1)} sessionId={session.id} onAgain={() => { tour.leave(); tour.start.mutate() }} />
            ) : (
              <Choice question="Which is closest to the target?" picks={PICKS} round={round} isReady={target !== null} isBusy={tour.choose.isPending} onChoose={(of, id) => { tour.choose.mutate({ round: of, id }) }} />
            )}
          </section>
          <Arms artifact={standings.length > 0 ? session.artifact : null} standings={standings} throws={throws} target={target} />
        </div>
      )}
    </div>
  )
}

function Opening({ isStarting, onStart }: { isStarting: boolean; onStart: () => void }) {
  return (
    <div className="tour-opening">
      <p>
        You will see a <strong>target</strong>: a disc of some size, colour and place. Pilotage doesn’t know it. It shows you four
        pictures, you say which is closest, and it learns from that alone.
      </p>
      <p>
        Beside you, <strong>the dice</strong> draw as many pictures at random places, and the nearest of all of theirs is picked out by measuring.
        Four choices; who gets nearer?
      </p>
      <div className="row">
        <button type="button" className="button primary large" disabled={isStarting} onClick={onStart}>{isStarting ? "Starting…" : "Show me the target"}</button>
      </div>
      <p className="small muted">Drawn by the analytic model: an exact little scene, without weights, at once on any computer.</p>
    </div>
  )
}

function Target({ sample }: { sample: RenderedSample | null }) {
  return (
    <figure className="tour-target">
      <Thumb artifact={sample?.artifact ?? null} alt="The target" full />
      <figcaption>
        <strong>The target</strong>
        <span className="small soft">Only you see it.</span>
      </figcaption>
    </figure>
  )
}

interface EndingProps {
  standing: Standing | undefined
  sessionId: string
  onAgain: () => void
}

function Ending({ standing, sessionId, onAgain }: EndingProps) {
  return (
    <div className="tour-ending" role="status">
      <h2>{standing ? outcome(standing) || "Measuring the last throws…" : ""}</h2>
      <p className="soft">
        You never named a size, a colour or a place: {count(PICKS, "choice")} told it where to look. The dice can’t learn, and
        somebody has to look through all that they drew.
      </p>
      <div className="row wrap">
        <Link to="/" className="button primary">Steer a picture of your own</Link>
        <button type="button" className="button" onClick={onAgain}>Another target</button>
        <Link to="/sessions/$sessionId/replay" params={{ sessionId }} className="button quiet">Replay what happened</Link>
      </div>
    </div>
  )
}

interface ArmsProps {
  artifact: string | null
  standings: Standing[]
  throws: (RenderedSample | null)[]
  target: RenderedSample | null
}

function Arms({ artifact, standings, throws, target }: ArmsProps) {
  const last = standings.at(-1)
  const place = target?.z ?? []
  const nearest = throws
    .slice(0, last?.renders ?? 0)
    .flatMap((one) => (one?.z ? [{ one, far: distance(one.z, place) }] : []))
    .sort((a, b) => a.far - b.far)[0]
  return (
    <section className="tour-arms" aria-label="You and the dice">
      <ArmCard title="You, steering" artifact={artifact} far={last?.steered ?? null} foot="your last choice" />
      <ArmCard title="The dice" artifact={nearest?.one.artifact ?? null} far={last?.dice ?? null} foot={`nearest of ${count(last?.renders ?? 0, "throw")}`} />
      <LearningCurve
        title="Who is learning?" reading={last ? outcome(last) : "Each choice adds a point: how far each of the two still is from the target."}
        renders={standings.map(({ renders }) => renders)} until={RENDERS} unit="distance"
        level={target?.z ? { value: distance(place, place.map(() => 0)), name: "the middle" } : null}
        arms={[{ name: "you", values: standings.map(({ steered }) => steered) }, { name: "the dice", values: standings.map(({ dice }) => dice) }]}
      />
    </section>
  )
}

function ArmCard({ title, artifact, far, foot }: { title: string; artifact: string | null; far: number | null; foot: string }) {
  return (
    <figure className="card tour-arm">
      <Thumb artifact={artifact} alt={`${title}: the nearest so far`} full />
      <figcaption>
        <strong>{title}</strong>
        <span className="small soft">{far === null ? "nothing yet" : `${far.toFixed(2)} away, ${foot}`}</span>
      </figcaption>
    </figure>
  )
}
