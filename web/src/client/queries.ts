import { keepPreviousData, queryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { useSyncExternalStore } from "react"
import { useLab } from "./context"
import type { LabClient } from "./lab"
import type { LiveJob } from "./live"
import type { SessionView } from "./types"

export const keys = {
  diagnostics: ["diagnostics"],
  models: ["models"],
  sessions: ["sessions"],
  session: (id: string) => ["session", id],
  story: (id: string) => ["session", id, "story"],
  belief: (id: string, lastAnswer: string) => ["belief", id, lastAnswer],
  advice: (id: string, lastAnswer: string) => ["belief", id, lastAnswer, "advice"],
  convergence: (id: string, lastAnswer: string) => ["belief", id, lastAnswer, "convergence"],
  steadiness: (id: string, lastAnswer: string) => ["belief", id, lastAnswer, "steadiness"],
  job: (id: string) => ["job", id],
}

const ENDED = ["succeeded", "failed", "cancelled"]
const LOOK_AGAIN_MS = 2000 // only a net below the event stream

export function sessionQuery(lab: LabClient, id: string) {
  return queryOptions({
    queryKey: keys.session(id),
    queryFn: () => lab.session(id),
    refetchInterval: ({ state }) => (isWorking(state.data) ? LOOK_AGAIN_MS : false),
  })
}

function isWorking(session: SessionView | undefined): boolean {
  const last = session?.round_views.at(-1)
  return last !== undefined && (last.state === "queued" || last.state === "rendering")
}

export function useSession(id: string) {
  return useQuery(sessionQuery(useLab(), id))
}

/** The story of a session, read anew whenever it is opened. */
export function useStory(id: string) {
  const lab = useLab()
  return useQuery({ queryKey: keys.story(id), queryFn: () => lab.story(id) })
}

export function useSessions() {
  const lab = useLab()
  return useInfiniteQuery({
    queryKey: keys.sessions,
    queryFn: ({ pageParam }) => lab.sessions(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
}

/**
 * What is believed after the answers that count; the belief before stays on the page while the new one is computed.
 * The last of them stands for all: it was given to pictures that were made from those before it.
 */
export function useBelief(session: SessionView, enabled: boolean) {
  const lab = useLab()
  const { id } = session
  const lastAnswer = lastAnswerOf(session)
  return useQuery({
    queryKey: keys.belief(id, lastAnswer),
    queryFn: () => lab.belief(id),
    enabled,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  })
}

/** Whether another round is worth it; what was advised before stays on the page while it is computed anew. */
export function useAdvice(session: SessionView, enabled: boolean) {
  const lab = useLab()
  return useQuery({
    queryKey: keys.advice(session.id, lastAnswerOf(session)),
    queryFn: () => lab.advice(session.id),
    enabled,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  })
}

export function useConvergence(session: SessionView) {
  const lab = useLab()
  return useQuery({
    queryKey: keys.convergence(session.id, lastAnswerOf(session)),
    queryFn: () => lab.convergence(session.id),
    enabled: session.space_fingerprint !== null,
    staleTime: Infinity,
  })
}

/** How steady the answers are. */
export function useSteadiness(session: SessionView) {
  const lab = useLab()
  return useQuery({
    queryKey: keys.steadiness(session.id, lastAnswerOf(session)),
    queryFn: () => lab.steadiness(session.id),
    staleTime: Infinity,
  })
}

function lastAnswerOf({ round_views }: SessionView): string {
  return round_views.findLast(({ answer }) => answer !== null)?.answer?.id ?? ""
}

export function useModels() {
  const lab = useLab()
  return useQuery({ queryKey: keys.models, queryFn: () => lab.models(), staleTime: 60_000 })
}

export function useStrategies() {
  const lab = useLab()
  return useQuery({ queryKey: ["strategies"], queryFn: () => lab.strategies(), staleTime: Infinity })
}

export function useDiagnostics() {
  const lab = useLab()
  return useQuery({
    queryKey: keys.diagnostics,
    queryFn: () => lab.diagnostics(),
    refetchInterval: ({ state }) => (state.data?.model?.state === "warm" ? 30_000 : LOOK_AGAIN_MS),
    retry: false,
  })
}

/** A job until it has ended. */
export function useJob(id: string | undefined) {
  const lab = useLab()
  return useQuery({
    queryKey: keys.job(id ?? ""),
    queryFn: () => lab.job(id ?? ""),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (ENDED.includes(state.data?.state ?? "") ? false : LOOK_AGAIN_MS),
  })
}

/** Where a job stands this moment; undefined before its first frame. */
export function useLive(jobId: string | undefined): LiveJob | undefined {
  const { live } = useLab()
  return useSyncExternalStore(live.subscribe, () => live.get(jobId))
}
