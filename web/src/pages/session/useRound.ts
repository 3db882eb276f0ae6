import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useRef } from "react"
import { useLab } from "../../client/context"
import { keys } from "../../client/queries"
import type { QueryKind, RoundView, SessionView, Submission } from "../../client/types"
import { answerOf, nothing, selected, type Act, type Selection } from "../../elicitation/gesture"
import type { Doing } from "../../elicitation/Grid"
import { useKept } from "../../ui/storage"

interface Kept {
  selection: Selection
  note: string
  /** When the pictures were first seen, ms since 1970; a reload doesn't start the clock anew. */
  seenAt: number | null
}

/** The choice in the open round, kept until it is answered, and the act of answering. */
export function useChoice(session: SessionView, round: RoundView) {
  const kinds = session.query_kinds as QueryKind[]
  const lastKind = [...session.round_views].reverse().find(({ answer }) => answer !== null)?.answer?.kind as QueryKind | undefined
  const kind = lastKind !== undefined && kinds.includes(lastKind) ? lastKind : (kinds[0] ?? "ranking")
  const [kept, setKept] = useKept<Kept>(sessionStorage, `choice.${round.id}`, { selection: nothing(kind), note: "", seenAt: null })
  const ready = round.candidates.filter((candidate) => candidate.artifact !== null).map((candidate) => candidate.id)

  const act = (doing: Doing) => {
    const seenAt = kept.seenAt ?? Date.now()
    setKept({ ...kept, seenAt, selection: selected(kept.selection, { ...doing, at: Date.now() - seenAt } as Act) })
  }
  const see = () => {
    if (kept.seenAt === null) setKept({ ...kept, seenAt: Date.now() })
  }
  return {
    selection: kept.selection,
    note: kept.note,
    answer: answerOf(kept.selection, ready),
    ready,
    seenAt: kept.seenAt,
    act,
    see,
    setNote: (note: string) => { setKept({ ...kept, note }) },
  }
}

/** Sends an answer and asks for the next round in the same breath. Sent twice, it is one answer. */
export function useAnswer(session: SessionView) {
  const lab = useLab()
  const cache = useQueryClient()
  const act = useRef<{ round: string; said: string; sent: Submission; key: string } | null>(null)
  return useMutation({
    mutationFn: ({ round, sent }: { round: RoundView; sent: Submission }) => {
      const said = JSON.stringify([sent.answer, sent.comment])
      if (act.current?.round !== round.id || act.current.said !== said)
        act.current = { round: round.id, said, sent, key: crypto.randomUUID() }
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
    mutationFn: () => lab.requestRound(sessionId, crypto.randomUUID()),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.session(sessionId) }),
  })
}
