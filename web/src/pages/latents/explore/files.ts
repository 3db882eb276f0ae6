import { skipToken, useQuery } from "@tanstack/react-query"
import { latentFile, type LatentFile, type LatentRunDetail } from "../../../client/latents"

export type Method = "pca" | "umap"
export type Dims = 2 | 3

/** `latent_2d`, `latent_3d`: where each picture lies on a map, in the order of the run's indices. */
export interface LatentMap {
  data: { points: number[][]; shares?: number[]; aligned_to?: number }
  trust: { k: number; lost: number[]; trustworthiness: number }
}
/** `knn`: the nearest in latent space; `d_proj` how far these same ones are on the maps. */
export interface Knn {
  k: number
  data: { rows: number[][]; d_latent: number[][]; d_k: number[]; d_proj: Record<"2d" | "3d", number[][]> }
}
export interface Grid {
  grid: { nx: number; ny: number }
  bounds: { x_min: number; x_max: number; y_min: number; y_max: number }
  /** Row by row, from `y_min` up. */
  values: (number | null)[]
  stats: { min: number; max: number; median?: number } | null
}
export interface Distortion extends Grid {
  k: number
  ratios: (number | null)[]
}
export interface Health {
  components: number
  data: { component: number[]; uncertainty: number[]; confidence?: number[] }
}
export interface Sprite {
  data: { count: number; columns: number; rows: number; tile_width: number; tile_height: number }
}

/** What a run was asked for, as far as its maps need it. */
export interface MapConfig {
  viz_indices: number[]
  data: { name: string; sha256: string; class_names: string[]; viz_labels: number[] | null }
  training: { kind: "ae" | "gmvae" } & Record<string, unknown>
}

export function configOf(run: LatentRunDetail): MapConfig {
  return run.config as unknown as MapConfig
}

const files = (run: LatentRunDetail) => run.artifacts as unknown as LatentFile[]
const PLAIN = { latent_2d_pca: "projections/latent_2d_epoch_N.json" } as const

/** Where an artifact of an epoch lies; the one map without its method in its name is that of PCA in 2D. */
export function pathOf(kind: string, epoch: number, method?: Method): string {
  const name = method ? `${kind}_${method}` : kind
  if (name === "latent_2d_pca") return PLAIN.latent_2d_pca.replace("N", String(epoch))
  const at = `epoch_${String(epoch)}`
  if (kind.startsWith("latent")) return `projections/${kind}_${at}_${method ?? ""}.json`
  if (kind === "knn") return `neighbors/knn_${method ?? ""}_${at}.json`
  if (kind === "metric_ratio_2d") return `distortion/${kind}_${at}_${method ?? ""}.json`
  if (kind === "mixture_health") return `mixture/${kind}_${at}.json`
  if (kind === "pictures") return `samples/pictures_${at}.json`
  return `density/${kind}_${at}_${method ?? ""}.json`
}

export function fileAt(run: LatentRunDetail, path: string): LatentFile | undefined {
  return files(run).findLast((file) => file.path === path)
}

/** The epochs that have a map, in their order. */
export function epochsOf(run: LatentRunDetail, method: Method, dims: Dims): number[] {
  const epochs = files(run).flatMap(({ path, epoch }) =>
    epoch !== null && path === pathOf(`latent_${String(dims)}d`, epoch, method) ? [epoch] : [])
  return [...new Set(epochs)].sort((a, b) => a - b)
}

/** A file of a run, read once; nothing while there is none, or while it isn't wanted. */
export function useRunFile<T>(run: LatentRunDetail, path: string | null) {
  const file = path === null ? undefined : fileAt(run, path)
  return useQuery(file ? latentFile<T>(run.id, file) : { queryKey: ["latents", "file", "none"], queryFn: skipToken as unknown as () => Promise<T> })
}
