import type { Theme } from "../../../ui/theme"
import { COLOURS, type Colour } from "./address"
import type { Distortion, Health, LatentMap, MapConfig } from "./files"
import { categorical, ramp, UNKNOWN } from "./palette"

export interface Sources {
  config: MapConfig
  map: LatentMap
  health: Health | undefined
  distortion: Distortion | undefined
}

/** A colour for each point: its group by name, or its place on a scale. */
export interface Painted {
  /** Index of each point's colour. */
  classes: Uint16Array
  palette: string[]
  legend: { groups: Group[] } | { scale: Scale }
}
export interface Group {
  name: string
  colour: string
  count: number
}
export interface Scale {
  low: number
  high: number
  /** What the numbers are, and what the two ends mean. */
  title: string
  ends: readonly [string, string]
  colours: string[]
  asPercent: boolean
}

/** The ways in which this map can be coloured, by what its run has kept. */
export function colours({ config, health, distortion }: Sources): Colour[] {
  const known: Record<Colour, boolean> = {
    label: config.data.viz_labels !== null, component: health !== undefined, confidence: health?.data.confidence !== undefined,
    distortion: distortion !== undefined, lost: true,
  }
  return COLOURS.filter((colour) => known[colour])
}

export function painted(colour: Colour, sources: Sources, theme: Theme): Painted {
  const { config, map, health, distortion } = sources
  const labels = config.data.viz_labels
  if (colour === "label" && labels) return grouped(labels, config.data.class_names, theme)
  if (colour === "component" && health)
    return grouped(health.data.component, Array.from({ length: health.components }, (_, i) => `component ${String(i)}`), theme)
  if (colour === "confidence" && health?.data.confidence)
    return scaled(health.data.confidence, theme, { title: "how sure the model is of a component", ends: ["torn", "sure"], low: 1 / health.components, high: 1, asPercent: true })
  if (colour === "distortion" && distortion)
    return scaled(distortion.ratios, theme, { title: "map length per latent length", ends: ["squeezed", "stretched"], ...spanOf(distortion.ratios), asPercent: false })
  return scaled(map.trust.lost, theme, { title: `of its ${String(map.trust.k)} neighbours, lost on this map`, ends: ["all kept", "all lost"], low: 0, high: 1, asPercent: true })
}

function grouped(of: readonly number[], names: readonly string[], theme: Theme): Painted {
  const many = Math.max(names.length, Math.max(-1, ...new Set(of)) + 1)
  const palette = categorical(many, theme)
  const counts = new Array<number>(many).fill(0)
  for (const group of of) counts[group] = (counts[group] ?? 0) + 1
  const groups = palette.map((colour, i) => ({ name: names[i] ?? String(i), colour, count: counts[i] ?? 0 }))
  return { classes: Uint16Array.from(of), palette, legend: { groups } }
}

function scaled(values: readonly (number | null)[], theme: Theme, scale: Omit<Scale, "colours">): Painted {
  const shades = ramp(theme)
  const reach = scale.high - scale.low || 1
  const bin = (value: number) => Math.min(shades.length - 1, Math.max(0, Math.round(((value - scale.low) / reach) * (shades.length - 1))))
  const classes = Uint16Array.from(values, (value) => (value === null ? shades.length : bin(value)))
  return { classes, palette: [...shades, UNKNOWN[theme]], legend: { scale: { ...scale, colours: shades } } }
}

const TAIL = 0.02 // a few far ones would leave no colour for the rest

function spanOf(values: readonly (number | null)[]): { low: number; high: number } {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0
  return { low: at(TAIL), high: at(1 - TAIL) }
}
