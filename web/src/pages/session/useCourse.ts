import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useRef } from "react"
import { useLab } from "../../client/context"
import { newKey } from "../../client/keys"
import type { LabClient } from "../../client/lab"
import { keys } from "../../client/queries"
import type { SessionView } from "../../client/types"
import { roundInWords } from "../../elicitation/words"

/** What changes the course of a session, beside answers. */
export type Turn =
  | { type: "revert"; index: number }
  | { type: "regenerate"; roundId: string; index: number }
  | { type: "pause" }
  | { type: "resume"; isRoundDue: boolean }
  | { type: "reopen" }

export type Course = ReturnType<typeof useCourse>

/** The turns of a session: one at a time, so that pressing twice is pressing once. */
export function useCourse(session: SessionView, onTurned: (words: string | null) => void) {
  const lab = useLab()
  const cache = useQueryClient()
  const isBusy = useRef(false)
  const turning = useMutation({
    mutationFn: (turn: Turn) => take(lab, session.id, turn),
    onSuccess: async (_, turn) => {
      const words = turnInWords(turn, session)
      await cache.invalidateQueries({ queryKey: keys.session(session.id) })
      onTurned(words)
    },
    onError: () => cache.invalidateQueries({ queryKey: keys.session(session.id) }),
    onSettled: () => {
      isBusy.current = false
      return cache.invalidateQueries({ queryKey: keys.sessions })
    },
  })
  const turn = (wanted: Turn) => {
    if (isBusy.current) return
    isBusy.current = true
    turning.mutate(wanted)
  }
  const { isPending, error, variables } = turning
  return { turn, isPending, error, again: () => { if (variables) turn(variables) } }
}

async function take(lab: LabClient, id: string, turn: Turn): Promise<unknown> {
  switch (turn.type) {
    case "revert":
      return lab.revert(id, turn.index)
    case "regenerate":
      return lab.regenerate(id, turn.roundId)
    case "pause":
      return lab.pause(id)
    case "resume":
      await lab.resume(id)
      return turn.isRoundDue ? lab.requestRound(id, newKey()) : undefined
    case "reopen":
      return lab.reopen(id)
  }
}

/** What to say after a turn; nothing where the page itself shows it. */
export function turnInWords(turn: Turn, before: Pick<SessionView, "rounds">): string | null {
  if (turn.type === "revert") {
    const later = before.rounds - turn.index
    const kept = later === 0 ? "" : later === 1 ? " The round after it is kept as a branch." : " Its later rounds are kept as a branch."
    return `${roundInWords(turn.index)} waits again, with your choice still marked.${kept}`
  }
  if (turn.type === "regenerate") return `${roundInWords(turn.index)} shows others now. Those from before are kept beside it.`
  return null
}
