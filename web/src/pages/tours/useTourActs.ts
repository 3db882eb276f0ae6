import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useLab } from "../../client/context"
import { newKey } from "../../client/keys"
import { keys } from "../../client/queries"
import type { Draft, RoundView } from "../../client/types"

/** What the person does in a tour: begin a session, choose one picture of each round, ask again for a round that failed. */
export function useTourActs(draft: Draft, picks: number, sessionId: string | undefined, onStart: (sessionId: string) => void) {
  const lab = useLab()
  const cache = useQueryClient()
  const onSettled = () => cache.invalidateQueries({ queryKey: keys.session(sessionId ?? "") })
  const start = useMutation({
    mutationFn: async () => {
      const made = await lab.createSession(draft, newKey())
      await lab.requestRound(made.id, `${made.id}.1`)
      return made.id
    },
    onSuccess: onStart,
  })
  const choose = useMutation({
    mutationFn: ({ round, id }: { round: RoundView; id: string }) => {
      const sent = { answer: { kind: "ranking" as const, order: [id] }, gesture: {}, comment: "", decision_ms: null }
      return lab.answer(round.session_id, round.index, { ...sent, next_round: round.index < picks }, `${round.id}.${id}`)
    },
    onSettled,
  })
  const again = useMutation({ mutationFn: () => lab.requestRound(sessionId ?? "", newKey()), onSettled })
  return { start, choose, again }
}
