import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query"
import { askNetwork, readJson, type Answered, type NetworkQuestion } from "../../../client/latents"

export interface Cell { x: number; y: number }
type Matrix = number[][]

/** A layer, as a forward pass tells of it: `reads` and `shape` are channels × rows × columns, or units. */
export interface Layer {
  layer_id: string
  kind: "conv" | "deconv" | "dense"
  activation: "relu" | "sigmoid" | "none"
  reads: number[]
  shape: number[]
  weights: number
}
export interface Forward {
  "forward_meta.json": { model: "ae" | "gmvae"; index: number; label: number | null; decoded: "z" | "z_sample"; mse: number }
  "layers.json": { data: Layer[] }
  "latent.json": { data: Vectors }
}
export type Vectors = Record<string, number[]>
export type Field =
  | { status: "ok"; bounds: { x0: number; y0: number; x1: number; y1: number }; size: number; stride: number; clamped: boolean }
  | { status: "unavailable"; reason: string }
export interface Probe {
  xy: Cell
  value: number
  before_activation: number
  rf: Field
}
export interface Inspected extends Probe {
  data: { shape: [number, number]; min: number; max: number; mean: number; values: Matrix; over: "input" | "recon" }
}
/** One step of a convolution; of a layer that reads one channel without the outermost level of `patch` and its like. */
export interface Step {
  xy: Cell
  origin: { x0: number; y0: number }
  padding: boolean[][]
  patch: Matrix | Matrix[]
  kernel: Matrix | Matrix[]
  product: Matrix | Matrix[]
  sums_by_channel: number[]
  pre_bias_sum: number
  bias: number
  pre_activation: number
  activation: { mode: Layer["activation"]; changed: boolean }
  computed: number
  captured: number
  difference: number
  agrees: boolean
  rf: Field
}
export interface Kernels {
  "kernel.json"?: { values: Matrix; bias: number; in_channels: number }
  "kernel_agg.json"?: { values: Matrix; bias: number; in_channels: number }
  "top_in_channels.json"?: { data: { in_channel: number; l2: number; values: Matrix }[] }
}
export interface Strongest {
  "topk.json": { metric: "max" | "mean"; subset_n: number; items: { rank: number; dataset_idx: number; score: number; xy?: Cell }[] }
}
export interface Moved {
  "meta.json": { delta: number; base_value: number; new_value: number; dim: number; vector: string; path: string }
}

/** Asks a checkpoint, once for each question; until another answer is there, the former one stays. What nobody waits for any more is dropped. */
export function useAnswer<T>(run: string, question: NetworkQuestion | null) {
  return useQuery<Answered<T>>({
    queryKey: ["latents", "network", run, question],
    queryFn: question === null ? skipToken : ({ signal }) => askNetwork<T>(run, question, signal),
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  })
}

/** What the units of a dense layer make of a picture: there to be read once it has passed through the network. */
export function useUnits(run: string, epoch: number, picture: number, layer: string, hasPassed: boolean) {
  const path = `network/forward/epoch_${String(epoch)}/idx_${String(picture)}/layer_${layer}/summary.json`
  return useQuery({
    queryKey: ["latents", "network", run, path],
    queryFn: async ({ signal }) => (await readJson(run, path, signal)) as { data: { values: number[]; share_zero: number } },
    enabled: hasPassed,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  })
}
