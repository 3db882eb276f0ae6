import { queryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { api, once, value } from "./language"
import { ProblemError, problemOfBody } from "./problem"
import type { components } from "./schema"

type Schemas = components["schemas"]
export type LatentRun = Schemas["LatentRunView"]
export type LatentRunDetail = Schemas["LatentRunDetail"]
export type LatentEvent = Schemas["LatentEvent"]
export type LatentPreset = Schemas["LatentPreset"]
export type PictureSet = Schemas["PictureSetView"]
export type NetworkQuestion = Schemas["NetworkQuestion"]
export type NetworkAnswer = Schemas["NetworkAnswer"]
export type LatentDeletion = Schemas["LatentDeletion"]
export type Knob = boolean | number | string
export type KnobDifference = Schemas["KnobDifference"]

/** A file of a run, as its log told of it. */
export interface LatentFile {
  path: string
  sha256: string
  bytes: number
  schema: string
  epoch: number | null
}
export interface RunFilter {
  state?: LatentRun["state"][]
  kind?: "ae" | "gmvae"
  data?: string
}

const of = (run_id: string) => ({ params: { path: { run_id } } })

/** The latent lab over HTTP. */
export const latents = {
  sets: async () => value(await api.GET("/api/latents/data")),
  presets: async () => value(await api.GET("/api/latents/presets")),
  schema: async () => value(await api.GET("/api/latents/schema")),
  /** Take in pictures of one's own: an `.npz` with `images`, and `labels` if there are any. */
  importSet: async (file: Blob, name: string, licence: string) =>
    value(await api.POST("/api/latents/data", {
      params: { query: { name, licence } }, body: file as unknown as string, bodySerializer: (given: unknown) => given as Blob,
      headers: { "Content-Type": "application/octet-stream" },
    })),
  launch: async (body: { data: string; preset: string; training: Record<string, Knob>; recording: Record<string, Knob> }, key: string) =>
    value(await api.POST("/api/latents/runs", { body, ...once(key) })),
  runs: async (wanted: RunFilter, after?: string) =>
    value(await api.GET("/api/latents/runs", { params: { query: { ...wanted, after, limit: 50 } as never } })),
  run: async (id: string) => value(await api.GET("/api/latents/runs/{run_id}", of(id))),
  /** The finished run that ships. */
  example: async () => value(await api.POST("/api/latents/example", once())),
  cancel: async (id: string) => value(await api.POST("/api/latents/runs/{run_id}/cancel", { ...of(id), ...once() })),
  resume: async (id: string) => value(await api.POST("/api/latents/runs/{run_id}/resume", { ...of(id), ...once() })),
  clone: async (id: string, training: Record<string, Knob>, key: string) =>
    value(await api.POST("/api/latents/runs/{run_id}/clone", { ...of(id), body: { training }, ...once(key) })),
  /** What goes with a run, before or after it is deleted. */
  remove: async (id: string, dry_run: boolean) =>
    value(await api.DELETE("/api/latents/runs/{run_id}", { params: { path: { run_id: id }, query: { dry_run } } })),
  ask: async (id: string, body: NetworkQuestion, signal?: AbortSignal) =>
    value(await api.POST("/api/latents/runs/{run_id}/network", { ...of(id), body, signal, ...once() })),
  backfill: async (id: string, kinds: ("pca" | "umap")[], epochs: number[] | null) =>
    value(await api.POST("/api/latents/runs/{run_id}/backfill", { ...of(id), body: { kinds, epochs }, ...once() })),
  events: async (id: string, after: number) =>
    value(await api.GET("/api/latents/runs/{run_id}/events", { params: { path: { run_id: id }, query: { after, limit: 5000 } } })),
  previewUrl: (set: PictureSet) => `/api/latents/data/${set.name}/preview?sha256=${set.sha256}`,
  exportUrl: (id: string) => `/api/latents/runs/${id}/export`,
}

/** Where a file of a run is read; with its sha256 it is kept for ever. */
export function fileUrl(run: string, path: string, sha256?: string): string {
  return `/api/latents/runs/${run}/files/${path}${sha256 ? `?sha256=${sha256}` : ""}`
}

export const latentKeys = {
  runs: ["latents", "runs"],
  run: (id: string) => ["latents", "run", id],
  events: (id: string) => ["latents", "events", id],
  file: (run: string, { path, sha256 }: LatentFile) => ["latents", "file", run, path, sha256],
}

export function usePictureSets() {
  return useQuery({ queryKey: ["latents", "sets"], queryFn: latents.sets })
}

export function useLatentPresets() {
  return useQuery({ queryKey: ["latents", "presets"], queryFn: latents.presets, staleTime: Infinity })
}

export function useLatentSchema() {
  return useQuery({ queryKey: ["latents", "schema"], queryFn: latents.schema, staleTime: Infinity })
}

export function useLatentRuns(wanted: RunFilter = {}) {
  return useInfiniteQuery({
    queryKey: [...latentKeys.runs, wanted],
    queryFn: ({ pageParam }) => latents.runs(wanted, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
}

export function useLatentRun(id: string) {
  return useQuery({ queryKey: latentKeys.run(id), queryFn: () => latents.run(id) })
}

/** A file that is read once: another content has another sha256. */
export function latentFile<T>(run: string, file: LatentFile) {
  return queryOptions({
    queryKey: latentKeys.file(run, file),
    queryFn: async () => (await readAt(fileUrl(run, file.path, file.sha256))) as T,
    staleTime: Infinity,
  })
}

/** An answer of a network: its JSON files by their names, and where each of its files is read. */
export interface Answered<T> {
  json: T
  url: (name: string) => string
}

/** Ask a network, and read the numbers of its answer. */
export async function askNetwork<T>(run: string, question: NetworkQuestion, signal: AbortSignal): Promise<Answered<T>> {
  const { path, files } = await latents.ask(run, question, signal)
  const folder = path.slice(0, path.lastIndexOf("/") + 1)
  const names = files.filter((file) => file.startsWith(folder)).map((file) => file.slice(folder.length))
  const wanted = names.filter((name) => name.endsWith(".json") && !name.includes("/"))
  const read = await Promise.all(wanted.map(async (name) => [name, await readJson(run, folder + name, signal)] as const))
  return { json: Object.fromEntries(read) as T, url: (name) => fileUrl(run, folder + name) }
}

/** A file of a run whose content is not known by its sha256. */
export function readJson(run: string, path: string, signal: AbortSignal): Promise<unknown> {
  return readAt(fileUrl(run, path), signal)
}

async function readAt(url: string, signal?: AbortSignal): Promise<unknown> {
  const response = await fetch(url, signal ? { signal } : {})
  const body: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw new ProblemError(problemOfBody(body, response.status))
  return body
}
