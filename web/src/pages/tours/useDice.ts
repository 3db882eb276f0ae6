import { useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query"
import { useEffect, useRef } from "react"
import { useLab } from "../../client/context"
import { keys, sessionQuery } from "../../client/queries"
import type { RenderedSample, RoundView, SessionView } from "../../client/types"
import { useKept } from "../../ui/storage"
import { hidden, rendersOf, standings, thrown, TOUR } from "./dice"

export const PICKS = 4

/** What this tab remembers of the tour; everything else is in the lab. */
interface Tour {
  sessionId: string
  /** The job that drew the target. */
  target: string | null
  /** The jobs that drew the throws, in their order. */
  dice: string[]
}

/** The tour: a session whose pictures the person chooses among, and as many places drawn by lot. */
export function useDice() {
  const lab = useLab()
  const cache = useQueryClient()
  const [tour, setTour] = useKept<Tour | null>(sessionStorage, "tour.dice", null)
  const session = useQuery({ ...sessionQuery(lab, tour?.sessionId ?? ""), enabled: tour !== null })
  const target = useSamples(tour?.target ? [tour.target] : [])[0] ?? null
  const throws = useSamples(tour?.dice ?? [])
  const rounds = session.data?.round_views ?? []
  const draw = useDraws(tour, session.data, setTour)

  const start = useMutation({
    mutationFn: async () => {
      const made = await lab.createSession({ model: "analytic", name: TOUR, request: { prompt: "a disc" } }, crypto.randomUUID())
      await lab.requestRound(made.id, `${made.id}.1`)
      return made.id
    },
    onSuccess: (sessionId) => { setTour({ sessionId, target: null, dice: [] }) },
  })
  const choose = useMutation({
    mutationFn: ({ round, id }: { round: RoundView; id: string }) => {
      const sent = { answer: { kind: "ranking" as const, order: [id] }, gesture: {}, comment: "", decision_ms: null }
      return lab.answer(round.session_id, round.index, { ...sent, next_round: round.index < PICKS }, `${round.id}.${id}`)
    },
    onSettled: () => cache.invalidateQueries({ queryKey: keys.session(tour?.sessionId ?? "") }),
  })
  return {
    session: tour === null ? undefined : session.data,
    error: start.error ?? session.error ?? draw.error ?? choose.error,
    retry: () => {
      if (start.isError) start.mutate()
      else if (draw.isError) draw.reset()
      else void session.refetch()
    },
    target,
    throws,
    standings: target?.z ? standings(rounds, target.z, throws.map((one) => one?.z ?? null)) : [],
    start,
    choose,
    leave: () => { setTour(null) },
  }
}

/** Asks for the target once the space is there, and for as many throws as the newest round has new pictures. */
function useDraws(tour: Tour | null, session: SessionView | undefined, setTour: (tour: Tour) => void) {
  const lab = useLab()
  const begun = useRef("")
  const draw = useMutation({
    mutationFn: async ({ of, session: { id, radius, axes }, wanted }: { of: Tour; session: SessionView; wanted: number }) => {
      const point = async (z: number[]) => (await lab.renderPoint(id, z)).id
      const target = of.target ?? (await point(hidden(axes.length, radius)))
      const dice = [...of.dice]
      while (dice.length < wanted) dice.push(await point(thrown(axes.length, radius)))
      return { sessionId: of.sessionId, target, dice }
    },
    onSuccess: setTour,
    onError: () => { begun.current = "" },
  })
  const { mutate, isIdle, isSuccess } = draw
  useEffect(() => {
    const drawn = session?.round_views.filter(({ state }) => state === "awaiting" || state === "answered") ?? []
    const wanted = drawn.reduce((sum, round) => sum + rendersOf(round), 0)
    if (tour === null || session?.id !== tour.sessionId || drawn.length === 0 || !(isIdle || isSuccess)) return
    const what = `${tour.sessionId}.${String(wanted)}`
    if (begun.current === what || (tour.target !== null && tour.dice.length >= wanted)) return
    begun.current = what
    mutate({ of: tour, session, wanted })
  }, [tour, session, mutate, isIdle, isSuccess])
  return draw
}

const ENDED = ["succeeded", "failed", "cancelled"]

/** The picture that each of these jobs made, once it is there. */
function useSamples(jobs: string[]): (RenderedSample | null)[] {
  const lab = useLab()
  return useQueries({
    queries: jobs.map((id) => ({
      queryKey: keys.job(id),
      queryFn: () => lab.job(id),
      refetchInterval: ({ state }: { state: { data?: { state: string } | undefined } }) => (ENDED.includes(state.data?.state ?? "") ? (false as const) : 1000),
    })),
    combine: (results) => results.map(({ data }) => (data?.result?.samples as RenderedSample[] | undefined)?.[0] ?? null),
  })
}
