import { useQuery } from "@tanstack/react-query"
import { useEffect } from "react"
import { useLab } from "../../client/context"
import { problemOf } from "../../client/problem"
import { useDiagnostics, useJob, useLive } from "../../client/queries"
import type { Draft, RenderedSample } from "../../client/types"
import type { Effect } from "./effect"
import { useSettled } from "./useSetup"

export interface PolePicture {
  src: string
  isFinal: boolean
}

interface AxisPreviews {
  /** Minus and plus of each axis, in turn. */
  pictures: (PolePicture | undefined)[]
  /** What one unit of each axis changes, once the pictures are there. */
  effects: Effect[]
  note: string
}

/** Minus and plus one unit of each axis, drawn while one types, as soon as the model is warm. */
export function useAxisPreviews(draft: Draft, isPreviewable: boolean): AxisPreviews {
  const lab = useLab()
  const warm = useDiagnostics().data?.model
  const isWarm = warm?.state === "warm" && warm.ref === (draft.model ?? "starter")
  const { request, axes = [], model, radius, seed } = draft
  const current = JSON.stringify({ request, axes, model, radius, seed })
  const wish = useSettled(current, 500)
  const isWanted = isPreviewable && isWarm && wish === current && axes.length >= 1 && axes.length <= 8
  const asked = useQuery({
    queryKey: ["axis-previews", wish],
    queryFn: () => lab.previewAxes(withRoom(JSON.parse(wish) as Draft)),
    enabled: isWanted,
    staleTime: Infinity,
    retry: false,
  })
  const jobId = asked.data?.id
  const job = useJob(jobId)
  const live = useLive(jobId)
  const isRunning = job.data?.state === "queued" || job.data?.state === "running"
  useEffect(() => {
    if (jobId !== undefined && isRunning) return () => void lab.cancel(jobId).catch(() => undefined)
    return undefined
  }, [lab, jobId, isRunning])

  const samples = (job.data?.result?.samples ?? []) as RenderedSample[]
  const fault = asked.error ? problemOf(asked.error) : undefined
  return {
    pictures: axes.flatMap((_, axis) => [2 * axis, 2 * axis + 1]).map((row) => {
      const artifact = samples[row]?.artifact
      if (artifact) return { src: lab.artifactUrl(artifact), isFinal: true }
      const preview = live?.previews.get(row)
      return preview ? { src: preview, isFinal: false } : undefined
    }),
    effects: (job.data?.result?.axes ?? []) as Effect[],
    note: fault ? fault.detail : isWarm ? "One unit either way, all with the same noise." : "Previews come once the model is warm.",
  }
}

/** Previews need as many dimensions as there are axes, whatever profile the session will have. */
function withRoom(draft: Draft): Draft {
  return { ...draft, dimension: Math.max(1, draft.axes?.length ?? 1) }
}
