import { useMutation, useQueries, useQuery } from "@tanstack/react-query"
import { useEffect, useRef } from "react"
import { useLab } from "../../client/context"
import { problemOf, problemOfJob } from "../../client/problem"
import { keys, sessionQuery } from "../../client/queries"
import type { Draft, RenderedSample, SessionView } from "../../client/types"
import { useKept } from "../../ui/storage"
import { hidden, rendersOf, standings, thrown } from "./dice"
import { DICE } from "./names"
import { useTourActs } from "./useTourActs"

export const PICKS = 4
const DRAFT: Draft = { model: "analytic", name: DICE, request: { prompt: "a disc" } }

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
  const [tour, setTour] = useKept<Tour | null>(sessionStorage, "tour.dice", null)
  const session = useQuery({ ...sessionQuery(lab, tour?.sessionId ?? ""), enabled: tour !== null })
  const drawn = useSamples(tour ? [tour.target, ...tour.dice].filter((id) => id !== null) : [])
  const draw = useDraws(tour, session.data, setTour)
  const { start, choose, again } = useTourActs(DRAFT, PICKS, tour?.sessionId, (sessionId) => { setTour({ sessionId, target: null, dice: [] }) })

  const [target = null, ...throws] = drawn.samples
  const rounds = session.data?.round_views ?? []
  const refused = [start, session, draw, choose, again].find(({ isError }) => isError)?.error
  const failed = rounds.at(-1)?.job?.error
  const fault = failed ?? drawn.fault
  return {
    session: tour === null ? undefined : session.data,
    isComing: tour !== null && session.isPending,
    problem: refused ? problemOf(refused) : fault ? problemOfJob(fault) : undefined,
    retry: () => {
      if (start.isError) start.mutate()
      else if (draw.isError) draw.reset()
      else if (failed) again.mutate()
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

interface Samples {
  /** Null as long as it isn't drawn. */
  samples: (RenderedSample | null)[]
  /** Why one could not be drawn. */
  fault: Record<string, unknown> | undefined
}

/** The picture that each of these jobs made, once it is there. */
function useSamples(jobs: string[]): Samples {
  const lab = useLab()
  return useQueries({
    queries: jobs.map((id) => ({
      queryKey: keys.job(id),
      queryFn: () => lab.job(id),
      refetchInterval: ({ state }: { state: { data?: { state: string } | undefined } }) => (ENDED.includes(state.data?.state ?? "") ? (false as const) : 1000),
    })),
    combine: (results) => ({
      samples: results.map(({ data }) => (data?.result?.samples as RenderedSample[] | undefined)?.[0] ?? null),
      fault: results.find(({ data }) => data?.error)?.data?.error ?? undefined,
    }),
  })
}
