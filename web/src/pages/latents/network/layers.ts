import { count } from "../../../ui/format"
import type { Layer } from "./answers"

export interface Stage {
  name: string
  about: string
  layers: Layer[]
}

const VECTORS: Record<string, string> = { z: "z", mu: "Mean μ", logvar: "Log variance", qc: "Components", label: "Label" }
const KINDS: Record<string, string> = { conv: "Convolution", deconv: "Deconvolution", fc: "Dense" }

/** A layer in words: `enc.conv2` is Convolution 2. */
export function nameOfLayer(id: string): string {
  const own = id.split(".").at(-1) ?? id
  const [, kind = "", number = ""] = /^([a-z]+)(\d*)$/.exec(own) ?? []
  const known = VECTORS[own] ?? KINDS[kind]
  return known === undefined ? own : `${known}${number ? ` ${number}` : ""}`
}

/** The same where there is little room. */
export function briefName(id: string): string {
  return nameOfLayer(id).replace("onvolution", "onv").replace("Log variance", "Log var")
}

export function shapeInWords(shape: readonly number[]): string {
  return shape.length === 1 ? count(shape[0] ?? 0, "unit") : shape.map(String).join(" × ")
}

export const hasMaps = (layer: Layer): boolean => layer.shape.length === 3
/** Only the encoder's convolutions are multiplied out. */
export const isConvolution = (layer: Layer): boolean => layer.kind === "conv" && layer.layer_id.startsWith("enc.")

/** The layers as a person walks along them. */
export function stagesOf(layers: readonly Layer[]): Stage[] {
  const isLatent = (id: string) => /^(enc\.)?(z|mu|logvar|qc|label)$/.test(id)
  const stages: Stage[] = [
    { name: "Encoder", about: "From pixels to features", layers: layers.filter(({ layer_id: id }) => id.startsWith("enc.") && !isLatent(id)) },
    { name: "Latent", about: "A few numbers that say it all", layers: layers.filter(({ layer_id: id }) => isLatent(id)) },
    { name: "Decoder", about: "From those numbers back to pixels", layers: layers.filter(({ layer_id: id }) => id.startsWith("dec.")) },
  ]
  return stages.filter((stage) => stage.layers.length > 0)
}

export interface Sheet {
  columns: number
  rows: number
  width: number
  height: number
  gap: number
}

/** How the maps of a layer lie in their picture: row by row, nearly square, one pixel apart. */
export function sheetOf([channels = 1, height = 1, width = 1]: readonly number[]): Sheet {
  const columns = Math.ceil(Math.sqrt(channels))
  return { columns, rows: Math.ceil(channels / columns), width, height, gap: 1 }
}

/** One piece of a sheet as the background of a box that has its shape, however large that is. */
export function cropped({ columns, rows, width, height, gap }: Sheet, index: number) {
  const [across, down] = [columns * (width + gap) - gap, rows * (height + gap) - gap]
  const percent = (part: number, of: number) => `${String(of === 0 ? 0 : (100 * part) / of)}%`
  return {
    aspectRatio: `${String(width)} / ${String(height)}`,
    backgroundSize: `${percent(across, width)} ${percent(down, height)}`,
    backgroundPosition: `${percent((index % columns) * (width + gap), across - width)} ${percent(Math.floor(index / columns) * (height + gap), down - height)}`,
  }
}

/** How many tiles lie side by side in the row of layers. */
export function columnsFor(channels: number): number {
  if (channels <= 2) return 1
  return channels <= 8 ? 2 : channels <= 32 ? 4 : 8
}
