import { Link } from "@tanstack/react-router"
import { useEffect, useState } from "react"
import { useLab } from "../../client/context"
import { problemOf, problemOfJob } from "../../client/problem"
import { useLive } from "../../client/queries"
import { useTrace } from "../../client/trace"
import type { Config, QueryKind, RoundView, SessionView } from "../../client/types"
import { Grid, type Doing } from "../../elicitation/Grid"
import { pairOf } from "../../elicitation/gesture"
import { tilesOf, type Tile } from "../../elicitation/tiles"
import { QUERY_WORDS } from "../../elicitation/words"
import { EmptyState } from "../../ui/EmptyState"
import { PhaseBar, phaseInWords } from "../../ui/PhaseBar"
import { Problem } from "../../ui/Problem"
import { Segmented } from "../../ui/Segmented"
import { Lightbox } from "./Lightbox"
import { MatToggle } from "./MatToggle"
import { Rivals } from "./Rivals"
import { focusPictures, useRoundKeys } from "./useRoundKeys"
import { useAnswer, useChoice, useRequestRound } from "./useRound"

/** The newest round: its pictures, the question, and what can be done about it. */
export function Stage({ session, round }: { session: SessionView; round: RoundView }) {
  const live = useLive(round.job?.id)
  const choice = useChoice(session, round)
  const sending = useAnswer(session)
  const request = useRequestRound(session.id)
  const [pointed, setPointed] = useState<string | null>(null)
  const [compared, setCompared] = useState<string | null>(null)
  const [viewed, setViewed] = useState<Tile | null>(null)
  const incumbent = artifactOf(session, session.incumbent_id)
  const config = session.config as unknown as Config
  const tiles = tilesOf(round, config.candidates, incumbent, live)
  const isOpen = round.state === "awaiting" && session.state === "active" && !sending.isPending
  const hasEnded = endedBadly(round)
  const isWorking = (round.state === "queued" || round.state === "rendering") && !hasEnded
  const trace = useTrace(session.id, round, choice.seenAt)
  const { see } = choice
  useEffect(() => {
    if (isOpen) see()
  })

  const act = (doing: Doing) => {
    if (choice.selection.log.length === 0) trace("answer_begun")
    choice.act(doing)
  }
  const view = (tile: Tile | null) => {
    if (tile?.id) trace("zoomed", tile.id)
    setViewed(tile)
  }
  const compare = (id: string | null) => {
    if (id !== null) trace("compared", id)
    setCompared(id)
  }
  const confirm = () => {
    if (!isOpen || choice.answer === null) return
    trace("answer_sent")
    sending.mutate({
      round,
      sent: {
        answer: choice.answer, comment: choice.note, next_round: true,
        gesture: { mode: choice.selection.kind, acts: choice.selection.log },
        decision_ms: choice.seenAt === null ? null : Date.now() - choice.seenAt,
      },
    }, { onError: (error) => { trace("answer_failed", null, problemOf(error).code) } })
  }
  useRoundKeys({
    isOpen, tiles, pointed, choice: { ...choice, act },
    onConfirm: round.answer && session.state === "active" ? () => { request.mutate() } : confirm,
    onCompare: compare,
    onView: view,
  })
  const kind = choice.selection.kind
  const fault = sending.error ?? request.error
  return (
    <>
      <Ask session={session} kind={kind} round={round} isWorking={isWorking} hasEnded={hasEnded} onMode={(mode) => { choice.act({ type: "mode", kind: mode }); focusPictures() }} />
      {!hasEnded && <Grid
        round={round} tiles={tiles} selection={choice.selection} isOpen={isOpen} compared={compared} incumbent={incumbent}
        live={live} onAct={act} onPoint={setPointed} onView={view}
      />}
      {isOpen && kind === "pairwise" && choice.ready.length > 2 && (
        <Rivals tiles={tiles} pair={pairOf(choice.ready, choice.selection)} onRival={(id) => { choice.act({ type: "rival", id }) }} />
      )}
      {hasEnded && (
        <Problem problem={problemOfJob(round.job?.error ?? round.error ?? {})} retryLabel="Ask for this round again" onRetry={() => { request.mutate() }} />
      )}
      {fault && <Problem problem={problemOf(fault)} onRetry={sending.error ? confirm : () => { request.mutate() }} />}
      <div className="under">
        {session.state === "completed" ? (
          <Link to="/sessions/$sessionId/finish" params={{ sessionId: session.id }} className="button primary">See the result</Link>
        ) : hasEnded ? null : isWorking ? (
          <Working round={round} />
        ) : round.answer ? (
          <button type="button" className="button primary" disabled={request.isPending} onClick={() => { request.mutate() }}>Next round <kbd>Enter</kbd></button>
        ) : (
          <>
            <button type="button" className="button primary" disabled={!isOpen || choice.answer === null} onClick={confirm}>
              {sending.isPending ? "Noting…" : "Next round"} <kbd>Enter</kbd>
            </button>
            <span className="small muted hint">{QUERY_WORDS[kind].hint}</span>
            <Note note={choice.note} onChange={choice.setNote} />
          </>
        )}
        <span className="grow" />
        {incumbent && <span className="small muted compare-hint">hold <kbd>C</kbd> to compare with your best</span>}
        {session.answers > 0 && session.state === "active" && (
          <Link to="/sessions/$sessionId/finish" params={{ sessionId: session.id }} className="button">Finish…</Link>
        )}
      </div>
      {viewed && <Lightbox tile={viewed} onClose={() => { setViewed(null) }} />}
    </>
  )
}

function endedBadly(round: RoundView): boolean {
  const job = round.job?.state
  return round.state === "failed" || (round.candidates.every(({ artifact }) => artifact === null) && (job === "failed" || job === "cancelled"))
}

export function artifactOf(session: SessionView, candidateId: string | null): string | null {
  if (candidateId === null) return null
  return session.round_views.flatMap(({ candidates }) => candidates).find(({ id }) => id === candidateId)?.artifact ?? null
}

interface AskProps {
  session: SessionView
  round: RoundView
  kind: QueryKind
  isWorking: boolean
  hasEnded: boolean
  onMode: (kind: QueryKind) => void
}

function Ask({ session, round, kind, isWorking, hasEnded, onMode }: AskProps) {
  const kinds = session.query_kinds as QueryKind[]
  const question = session.state === "completed"
    ? "You finished this session."
    : hasEnded ? "This round has no pictures." : isWorking && round.index === 1
      ? "Drawing the first pictures…"
      : isWorking ? "Drawing the next round…" : QUERY_WORDS[kind].question
  return (
    <div className="ask">
      <h2 aria-live="polite">{question}</h2>
      <span className="grow" />
      <MatToggle />
      {kinds.length > 1 && (
        <Segmented label="How to answer" value={kind} options={kinds.map((value) => ({ value, label: QUERY_WORDS[value].short }))} onChange={onMode} />
      )}
    </div>
  )
}

function Working({ round }: { round: RoundView }) {
  const lab = useLab()
  const live = useLive(round.job?.id)
  return (
    <div className="working">
      <div className="grow"><PhaseBar live={live} label={false} /></div>
      <span className="small soft phase-words">{phaseInWords(live)}</span>
      {round.job && <button type="button" className="button" onClick={() => void lab.cancel(round.job?.id ?? "")}>Stop</button>}
    </div>
  )
}

function Note({ note, onChange }: { note: string; onChange: (note: string) => void }) {
  const [isOpen, setOpen] = useState(note !== "")
  if (!isOpen) return <button type="button" className="button quiet" onClick={() => { setOpen(true) }}>Add a note</button>
  return (
    <input
      className="input note" value={note} maxLength={4000} autoFocus={note === ""} placeholder="Why this one? Kept as you write it." aria-label="Note"
      onChange={(event) => { onChange(event.target.value) }}
    />
  )
}

/** A session that was made but has no round yet. */
export function FirstRound({ session }: { session: SessionView }) {
  const request = useRequestRound(session.id)
  return (
    <>
      <EmptyState
        title="No round yet"
        action={<button type="button" className="button primary" disabled={request.isPending} onClick={() => { request.mutate() }}>Draw the first round</button>}
      >
        The first round shows your prompt as it is, and a few steps away from it.
      </EmptyState>
      {request.error && <Problem problem={problemOf(request.error)} onRetry={() => { request.mutate() }} />}
    </>
  )
}
