import { useEffect, useState } from "react"
import { problemOf, problemOfJob } from "../../client/problem"
import { useLive } from "../../client/queries"
import { useTrace } from "../../client/trace"
import type { Axis, Config, QueryKind, RoundView, SessionView } from "../../client/types"
import { pairOf, waysIn } from "../../elicitation/answer"
import type { Doing } from "../../elicitation/gesture"
import { Grid } from "../../elicitation/Grid"
import { Reasons } from "../../elicitation/Reasons"
import type { Tagging } from "../../elicitation/tags"
import { tilesOf, type Tile } from "../../elicitation/tiles"
import type { Marking } from "../../elicitation/Tools"
import { STYLE_ROUND } from "../../elicitation/words"
import { EmptyState } from "../../ui/EmptyState"
import { mediumOf } from "../../ui/medium"
import { Problem } from "../../ui/Problem"
import { Ask } from "./Ask"
import { Lightbox } from "./Lightbox"
import { mapOf, useWish } from "./map"
import { Remarks } from "./Remarks"
import { RetryOne } from "./RetryOne"
import { Rivals } from "./Rivals"
import { Beside, Under } from "./Under"
import type { Course } from "./useCourse"
import { focusPictures, useRoundKeys } from "./useRoundKeys"
import { useAnswer, useChoice, useRequestRound, wayOf } from "./useRound"
import { WhatHappened } from "./WhatHappened"

interface StageProps {
  session: SessionView
  round: RoundView
  course: Course
  onMark: Marking | null
}

/** The newest round: its pictures, the question, and what can be done about it. */
export function Stage({ session, round, course, onMark }: StageProps) {
  const live = useLive(round.job?.id)
  const choice = useChoice(session, round)
  const sending = useAnswer(session)
  const request = useRequestRound(session.id)
  const trace = useTrace(session.id, round, choice.seenAt)
  const [pointed, setPointed] = useState<string | null>(null)
  const [compared, setCompared] = useState<string | null>(null)
  const [viewed, setViewed] = useState<Tile | null>(null)
  const [remarked, setRemarked] = useState<{ of: string } | null>(null)
  const [tagged, setTagged] = useState<string | null>(null)
  const wishing = useWish(session, round)
  const incumbent = artifactOf(session, session.incumbent_id)
  const { candidates, style_probes: probes } = session.config as unknown as Config
  const carried = mediumOf(session.model) === "text" ? null : incumbent // a text on another prompt is not shown again
  const tiles = tilesOf(round, round.index === STYLE_ROUND ? probes : candidates, carried, live)
  const isOpen = round.state === "awaiting" && canBeJudged(session) && !sending.isPending && !course.isPending
  const hasEnded = endedBadly(round)
  const isWorking = (round.state === "queued" || round.state === "rendering") && !hasEnded
  const { see } = choice
  useEffect(() => {
    if (isOpen) see()
  })

  const act = (doing: Doing) => {
    if (choice.selection.log.length === 0) trace("answer_begun")
    choice.act(doing)
  }
  const confirm = () => {
    const sent = isOpen ? choice.sent() : null
    if (sent === null) return
    trace("answer_sent")
    sending.mutate({ round, sent: wishing.with(sent) }, {
      onSuccess: () => { setRemarked(null) },
      onError: (error) => { trace("answer_failed", null, problemOf(error).code) },
    })
  }
  const undoable = canBeJudged(session) && !sending.isPending ? session.round_views.findLast(({ answer }) => answer !== null)?.index : undefined
  const undo = () => { if (undoable !== undefined) course.turn({ type: "revert", index: undoable }) }
  const view = (tile: Tile | null) => {
    if (tile) trace("zoomed", tile.id)
    setViewed(tile)
  }
  const next = () => { if (!request.isPending) request.mutate() }
  const kind = choice.selection.kind
  const kinds = round.query_kinds as QueryKind[]
  const onMode = (mode: QueryKind) => {
    choice.act({ type: "mode", kind: mode })
    focusPictures()
  }
  const onBack = waysIn(kinds).asides.includes(kind) ? () => { onMode(wayOf(session, round)) } : null
  const tagging: Tagging = {
    tags: round.answer ? (round.answer.tags as Record<string, string[]>) : choice.tags, opened: tagged, open: isOpen ? setTagged : null,
    set: (id, tags) => { choice.say({ tags: { ...choice.tags, [id]: tags } }) },
    axes: session.axes as unknown as Axis[],
  }
  useRoundKeys({
    isOpen, tiles, pointed, choice: { ...choice, act }, kinds, onMode, onBack, onTag: setTagged, onMark, onUndo: undo, onView: view,
    onConfirm: round.answer && session.state === "active" ? next : confirm,
    onCompare: (id) => {
      if (id !== null && incumbent !== null) trace("compared", id)
      setCompared(id)
    },
    onRemark: (of) => { setRemarked({ of }) },
  })
  const fault = sending.error ?? request.error
  const onRemarks = () => { setRemarked(remarked ? null : { of: choice.selection.order[0] ?? "" }) }
  return (
    <>
      <Ask session={session} kind={kind} round={round} isWorking={isWorking} hasEnded={hasEnded} onMode={onMode} />
      {isOpen && kind === "undecided" && <Reasons value={choice.selection.why} onChange={(why) => { act({ type: "why", why }) }} />}
      {!hasEnded && <Grid
        round={round} tiles={tiles} selection={choice.selection} isOpen={isOpen} compared={compared} incumbent={incumbent}
        live={live} onAct={act} onPoint={setPointed} onView={view} onMark={onMark} tagging={tagging} map={mapOf(session, round, wishing)}
        again={canBeJudged(session) && round.state === "awaiting" ? (candidate) => <RetryOne sessionId={session.id} candidate={candidate} /> : undefined}
      />}
      {isOpen && kind === "pairwise" && choice.ready.length > 2 && (
        <Rivals tiles={tiles} pair={pairOf(choice.ready, choice.selection)} onRival={(id) => { act({ type: "rival", id }) }} />
      )}
      {hasEnded && session.state !== "paused" && (
        <Problem problem={problemOfJob(round.job?.error ?? round.error ?? {})} retryLabel="Ask for this round again" onRetry={next} />
      )}
      {fault && <Problem problem={problemOf(fault)} onRetry={sending.error ? confirm : next} />}
      <Under
        session={session} round={round} choice={choice} course={course} isOpen={isOpen} isSending={sending.isPending} isWorking={isWorking}
        hasEnded={hasEnded} undoable={undoable} onAct={act} onMode={onMode} onBack={onBack} onConfirm={confirm} onNext={next} onUndo={undo}
      />
      {isWorking && <div className="beside" />}
      {isOpen && <Beside round={round} session={session} choice={choice} course={course} isRemarking={remarked !== null} onRemarks={onRemarks} hasBest={incumbent !== null} />}
      {isOpen && remarked && <Remarks tiles={tiles} choice={choice} focus={remarked} />}
      <WhatHappened job={round.job} />
      {viewed && <Lightbox tile={viewed} onClose={() => { view(null) }} />}
    </>
  )
}

/** Whether rounds of the session can be answered: not once it is finished, and not where it was imported. */
export function canBeJudged(session: SessionView): boolean {
  return session.state !== "completed" && !session.read_only
}

function endedBadly(round: RoundView): boolean {
  const job = round.job?.state
  return round.state === "failed" || (round.candidates.every(({ artifact }) => artifact === null) && (job === "failed" || job === "cancelled"))
}

function artifactOf(session: SessionView, candidateId: string | null): string | null {
  if (candidateId === null) return null
  return session.round_views.flatMap(({ candidates }) => candidates).find(({ id }) => id === candidateId)?.artifact ?? null
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
        {(session.config as unknown as Config).style_probes > 0
          ? "First a style calibration: pictures from all over the space, of which you keep those you like."
          : "The first round shows your prompt as it is, and a few steps away from it."}
      </EmptyState>
      {request.error && <Problem problem={problemOf(request.error)} onRetry={() => { request.mutate() }} />}
    </>
  )
}
