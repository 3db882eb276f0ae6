import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useEffect, useState } from "react"
import { axes, type AxisText, type How, type Work } from "../../client/axes"
import { useLab } from "../../client/context"
import { useJob, useLive } from "../../client/queries"
import { useKept } from "../../ui/storage"

const LANGUAGE = "language"
const oneOf = (name: string) => [LANGUAGE, "axis", name]

/** One axis with its texts and what was measured of it. */
export function useAxis(name: string, model: string, isThere: boolean) {
  return useQuery({ queryKey: [...oneOf(name), model], queryFn: () => axes.one(name, model), retry: false, enabled: isThere })
}

/** Save and delete; each changes the lists. */
export function useAxisActs() {
  const cache = useQueryClient()
  return {
    put: useMutation({ mutationFn: (text: AxisText) => axes.put(text), onSuccess: () => cache.invalidateQueries({ queryKey: [LANGUAGE] }) }),
    remove: useMutation({ mutationFn: (name: string) => axes.remove(name) }),
    /** What was read of an axis that is gone, once no page shows it. */
    forget: (name: string) => {
      cache.removeQueries({ queryKey: oneOf(name) })
      void cache.invalidateQueries({ queryKey: [LANGUAGE] })
    },
  }
}

/** What is doubtful about the texts as they stand, asked once they rest. */
export function useCheck(text: AxisText | null) {
  const body = useRested(text === null ? "" : JSON.stringify(text))
  const check = useQuery({
    queryKey: [LANGUAGE, "check", body],
    queryFn: () => axes.check(JSON.parse(body) as AxisText),
    enabled: body !== "",
    retry: false,
    staleTime: Infinity,
    gcTime: 0,
    placeholderData: (before) => before,
  })
  return { ...check, isResting: body === (text === null ? "" : JSON.stringify(text)) }
}

const RESTS_MS = 500

function useRested(text: string): string {
  const [rested, setRested] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => { setRested(text) }, RESTS_MS)
    return () => { clearTimeout(timer) }
  }, [text])
  return rested
}

/** The job that works on an axis, whoever began it; a page that was opened anew finds it so. */
export function useUnderWay(work: Work, name: string, model: string): string | undefined {
  const jobs = useQuery({ queryKey: ["jobs", "under way"], queryFn: () => axes.underWay(), gcTime: 0 })
  return jobs.data?.find((job) => job.kind === `axis_${work}` && job.topic === `axis:${name}` && job.model === model)?.id
}

/** Making vectors or measuring them: begun, followed, stopped; when it ends well the new figures are read. */
export function useWork(work: Work, name: string, model: string) {
  const lab = useLab()
  const cache = useQueryClient()
  const [jobId, setJob] = useKept<string | null>(sessionStorage, `text.${work}.${model}.${name}`, null)
  const found = useUnderWay(work, name, model)
  useEffect(() => { if (found !== undefined) setJob(found) }, [found, setJob])
  const [ended, setEnded] = useState<Record<string, unknown> | null>(null)
  const job = useJob(jobId ?? undefined)
  const live = useLive(jobId ?? undefined)
  const begin = useMutation({
    mutationFn: (how: How) => axes.begin(work, name, model, how),
    onMutate: () => { setEnded(null) },
    onSuccess: ({ id }) => { setJob(id) },
  })
  const stop = useMutation({ mutationFn: (id: string) => lab.cancel(id) })
  const state = job.data?.state
  useEffect(() => {
    if (state !== "succeeded") return
    const result = job.data?.result ?? {}
    void Promise.all([
      cache.invalidateQueries({ queryKey: oneOf(name) }),
      cache.invalidateQueries({ queryKey: [LANGUAGE, "axes", model] }),
      cache.invalidateQueries({ queryKey: [LANGUAGE, "overlaps"] }),
    ]).then(() => { setEnded(result); setJob(null) })
  }, [state, job.data, cache, name, model, setJob])
  return {
    begin: (how: How) => { begin.mutate(how) },
    again: () => { begin.mutate(begin.variables ?? { isQuick: false }) },
    beginning: begin,
    /** Null until the server has said under which number it runs. */
    stop: jobId === null || begin.isPending ? null : () => { stop.mutate(jobId) },
    isStopping: stop.isPending || (stop.isSuccess && stop.data.id === jobId),
    isRunning: begin.isPending || (jobId !== null && (state === undefined || state === "queued" || state === "running") && !job.isError),
    live,
    /** Why it ended badly, until it is begun again or put aside. */
    error: job.data?.error ?? null,
    /** What it came to, if it ended well just now. */
    ended,
    putAside: () => { setJob(null); setEnded(null); begin.reset() },
  }
}
