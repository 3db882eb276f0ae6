import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useLab } from "../../client/context"
import type { Marks } from "../../client/lab"
import { keys } from "../../client/queries"
import type { CandidateView, RoundView, SessionView } from "../../client/types"

/** Sets marks on pictures: seen at once, and taken back where they can't be kept. */
export function useMarks(session: SessionView) {
  const lab = useLab()
  const cache = useQueryClient()
  const key = keys.session(session.id)
  const show = (sampleId: string | null, marks: Marks) => {
    cache.setQueryData<SessionView>(key, (old) => old && marked(old, sampleId, marks))
  }
  const mutationKey = ["marks", session.id]
  const marking = useMutation({
    mutationKey,
    mutationFn: ({ candidate, marks }: { candidate: CandidateView; marks: Marks }) => lab.mark(session.id, candidate.id, marks),
    onMutate: async ({ candidate, marks }) => {
      show(candidate.sample_id, marks)
      await cache.cancelQueries({ queryKey: key }) // what was asked before would show the old mark again
      show(candidate.sample_id, marks)
    },
    onError: (_, { candidate, marks }) => {
      const { favourite, pinned } = candidate
      show(candidate.sample_id, { ...(marks.favourite === undefined ? {} : { favourite }), ...(marks.pinned === undefined ? {} : { pinned }) })
    },
    onSettled: () => (cache.isMutating({ mutationKey }) === 1 ? cache.invalidateQueries({ queryKey: key }) : undefined), // the last one looks
  })
  return {
    error: marking.error,
    again: () => { if (marking.variables) marking.mutate(marking.variables) },
    mark: session.read_only ? null : (candidate: CandidateView, marks: Marks) => {
      if (candidate.sample_id !== null) marking.mutate({ candidate, marks })
    },
  }
}

/** A mark is on the picture: every candidate that shows it has it. */
export function marked(session: SessionView, sampleId: string | null, marks: Marks): SessionView {
  const change = (round: RoundView): RoundView =>
    round.candidates.some(({ sample_id }) => sample_id === sampleId)
      ? { ...round, candidates: round.candidates.map((one) => (one.sample_id === sampleId ? { ...one, ...marks } : one)) }
      : round
  return { ...session, round_views: session.round_views.map(change), superseded: session.superseded.map(change) }
}

/** The favourites, each picture once, with the round that showed it first. */
export function favouritesOf({ round_views, superseded }: Pick<SessionView, "round_views" | "superseded">) {
  const found = new Map<string, { candidate: CandidateView; round: RoundView }>()
  for (const round of [...round_views, ...superseded])
    for (const candidate of round.candidates)
      if (candidate.favourite && candidate.sample_id !== null && !found.has(candidate.sample_id))
        found.set(candidate.sample_id, { candidate, round })
  return [...found.values()]
}
