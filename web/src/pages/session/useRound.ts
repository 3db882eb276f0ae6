import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useRef } from "react"
import { useLab } from "../../client/context"
import { msSince } from "../../client/elapsed"
import { newKey } from "../../client/keys"
import { keys } from "../../client/queries"
import type { Answer, Confidence, QueryKind, RoundView, SessionView, Submission } from "../../client/types"
import { answerOf, selectionOf, waysIn } from "../../elicitation/answer"
import { nothing, selected, type Act, type Doing, type Selection } from "../../elicitation/gesture"
import { STYLE_ROUND } from "../../elicitation/words"
import { useKept } from "../../ui/storage"

interface Kept {
  selection: Selection
  note: string
  /** On single pictures, by their ids. */
  notes: Record<string, string>
  /** On single pictures, by their ids. */
  tags: Record<string, string[]>
  confidence: Confidence | null
  /** When the pictures were first seen, ms since 1970; a reload doesn't start the clock anew. */
  seenAt: number | null
}

/** The choice in the open round, kept until it is answered; where an answer was taken back, that one to begin with. */
export function useChoice(session: SessionView, round: RoundView) {
  const ready = round.candidates.filter((candidate) => candidate.artifact !== null).map((candidate) => candidate.id)
  const taken = round.retracted.at(-1)
  const [kept, setKept] = useDraft(`answer.${taken?.id ?? round.id}`, beginning(session, round, ready))

  const act = (doing: Doing) => {
    const at = Date.now()
    setKept((now) => {
      const seenAt = now.seenAt ?? at
      return { ...now, seenAt, selection: selected(now.selection, { ...doing, at: at - seenAt } as Act) }
    })
  }
  const see = () => {
    if (kept.seenAt !== null) return
    const at = Date.now()
    setKept((now) => ({ ...now, seenAt: now.seenAt ?? at }))
  }
  const said = answerOf(kept.selection, ready)
  const answer = round.index === STYLE_ROUND && !tellsApart(said, ready) ? null : said
  const sent = (): Submission | null => {
    if (answer === null) return null
    const { selection, seenAt } = kept
    const comments = Object.fromEntries(ready.flatMap((id) => (kept.notes[id] ? [[id, kept.notes[id]]] : [])))
    const tags = Object.fromEntries(ready.flatMap((id) => (kept.tags[id]?.length ? [[id, kept.tags[id]]] : [])))
    return {
      answer, shown: ready, comment: kept.note, comments, tags, confidence: kept.confidence, next_round: true,
      gesture: { mode: selection.kind, acts: selection.log, left_out: selection.leftOut, ...(taken ? { marked_before: taken.id } : {}) },
      decision_ms: msSince(seenAt),
    }
  }
  return {
    selection: kept.selection, note: kept.note, notes: kept.notes, tags: kept.tags, confidence: kept.confidence, seenAt: kept.seenAt,
    answer, ready, act, see, sent,
    say: (words: Partial<Pick<Kept, "note" | "notes" | "tags" | "confidence">>) => { setKept((now) => ({ ...now, ...words })) },
  }
}

/** Whether some are kept and others not; only that says anything of a style. */
function tellsApart(answer: Answer | null, ready: string[]): boolean {
  return answer?.kind !== "shortlist" || (answer.kept.length > 0 && answer.kept.length < ready.length)
}

/** What is kept under a key; a draft of an older page lacks what came since. */
function useDraft(key: string, began: Kept): [Kept, (change: (now: Kept) => Kept) => void] {
  const [draft, keep] = useKept(sessionStorage, key, began)
  const whole = (of: Kept): Kept => ({ ...began, ...of, selection: { ...nothing(of.selection.kind), ...of.selection } })
  return [whole(draft), (change) => { keep((now) => change(whole(now))) }]
}

export type Choice = ReturnType<typeof useChoice>

function beginning(session: SessionView, round: RoundView, ready: string[]): Kept {
  const taken = round.retracted.at(-1)
  if (taken) {
    const selection = selectionOf(taken.answer as unknown as Answer, ready)
    const notes = taken.comments as Record<string, string>
    const tags = taken.tags as Record<string, string[]>
    return { selection, note: taken.comment, notes, tags, confidence: taken.confidence as Confidence | null, seenAt: null }
  }
  return { selection: nothing(wayOf(session, round)), note: "", notes: {}, tags: {}, confidence: null, seenAt: null }
}

/** The way of answering to begin with: the one that was used last, else the first that the session takes. */
export function wayOf(session: SessionView, { query_kinds }: RoundView): QueryKind {
  const { ways } = waysIn(query_kinds as QueryKind[])
  const used = session.round_views.flatMap(({ answer }) => ways.find((way) => way === answer?.kind) ?? [])
  return used.at(-1) ?? ways[0] ?? "ranking"
}

/** Sends an answer and asks for the next round in the same breath. Sent twice, it is one answer. */
export function useAnswer(session: SessionView) {
  const lab = useLab()
  const cache = useQueryClient()
  const act = useRef<{ round: string; said: string; sent: Submission; key: string } | null>(null)
  return useMutation({
    mutationFn: ({ round, sent }: { round: RoundView; sent: Submission }) => {
      const said = JSON.stringify([sent.answer, sent.comment, sent.comments, sent.tags, sent.confidence, round.retracted.length])
      if (act.current?.round !== round.id || act.current.said !== said)
        act.current = { round: round.id, said, sent, key: newKey() }
      return lab.answer(session.id, round.index, act.current.sent, act.current.key)
    },
    onSuccess: (answered) => {
      cache.setQueryData<SessionView>(keys.session(session.id), (old) =>
        old && {
          ...old,
          answers: old.answers + (old.round_views.find(({ id }) => id === answered.id)?.answer ? 0 : 1),
          round_views: old.round_views.map((one) => (one.id === answered.id ? answered : one)),
        },
      )
      return cache.invalidateQueries({ queryKey: keys.session(session.id) })
    },
    // another tab may have answered first: look where the session stands, even while the stream is down
    onError: () => cache.invalidateQueries({ queryKey: keys.session(session.id) }),
  })
}

/** Asks for the round that is due: the first one, or one whose job ended badly. */
export function useRequestRound(sessionId: string) {
  const lab = useLab()
  const cache = useQueryClient()
  return useMutation({
    mutationFn: () => lab.requestRound(sessionId, newKey()),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.session(sessionId) }),
  })
}
