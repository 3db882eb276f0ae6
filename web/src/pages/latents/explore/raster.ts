import type { Grid } from "./files"
import { ramp, rgbOf } from "./palette"
import type { Theme } from "../../../ui/theme"

export const OVERLAYS = ["none", "posterior", "prior", "empirical", "gap", "distortion"] as const
export type Overlay = (typeof OVERLAYS)[number]

type Rgb = readonly [number, number, number]
const INK: Record<Theme, Record<"posterior" | "prior" | "empirical" | "more" | "less", Rgb>> = {
  light: { posterior: [15, 118, 110], prior: [109, 78, 160], empirical: [180, 83, 9], more: [15, 118, 110], less: [190, 60, 120] },
  dark: { posterior: [45, 212, 191], prior: [189, 165, 242], empirical: [251, 191, 36], more: [45, 212, 191], less: [244, 140, 190] },
}
const CLEAREST = 0.72 // of full cover: points lie above

/** What an overlay's grid says, as RGBA, the topmost row first. Where nothing is known it is clear. */
export function shadesOf(overlay: Exclude<Overlay, "none">, grid: Grid, other: Grid | undefined, theme: Theme): Uint8ClampedArray<ArrayBuffer> {
  const { nx, ny } = grid.grid
  const shade = shader(overlay, grid, other, theme)
  const pixels = new Uint8ClampedArray(4 * nx * ny)
  grid.values.forEach((value, i) => {
    const at = 4 * ((ny - 1 - Math.floor(i / nx)) * nx + (i % nx))
    if (value !== null) pixels.set(shade(value, i), at)
  })
  return pixels
}

type Shader = (value: number, i: number) => [number, number, number, number]

function shader(overlay: Exclude<Overlay, "none">, grid: Grid, other: Grid | undefined, theme: Theme): Shader {
  if (overlay === "distortion") {
    const shades = ramp(theme).map(rgbOf)
    const { min = 0, max = 1 } = grid.stats ?? {}
    return (value) => [...(shades[Math.round(((value - min) / (max - min || 1)) * (shades.length - 1))] ?? ([0, 0, 0] as const)), 255 * CLEAREST * 0.8]
  }
  const ink = INK[theme]
  if (overlay === "gap") {
    const most = Math.max(grid.stats?.max ?? 0, other?.stats?.max ?? 0) || 1
    return (value, i) => {
      const gap = (value - (other?.values[i] ?? 0)) / most
      return [...(gap > 0 ? ink.more : ink.less), 255 * CLEAREST * cover(Math.abs(gap))]
    }
  }
  const most = grid.stats?.max || 1 // a density that is 0 everywhere is clear
  return (value) => [...ink[overlay], 255 * CLEAREST * cover(value / most)]
}

/** How much covers the ground: slopes of a hill are seen too. */
function cover(share: number): number {
  return Math.sqrt(Math.min(1, Math.max(0, share)))
}

/** The overlay as a picture, a pixel a cell. */
export function rasterOf(...of: Parameters<typeof shadesOf>): HTMLCanvasElement {
  const [, { grid: { nx, ny } }] = of
  const canvas = document.createElement("canvas")
  ;[canvas.width, canvas.height] = [nx, ny]
  canvas.getContext("2d")?.putImageData(new ImageData(shadesOf(...of), nx, ny), 0, 0)
  return canvas
}

export function inkOf(overlay: "posterior" | "prior" | "empirical" | "more" | "less", theme: Theme): string {
  return `rgb(${INK[theme][overlay].join(" ")})`
}
