import type { Theme } from "../../../ui/theme"

/** As far apart as twelve can be for all eyes, 3:1 or more against the ground; equal places have like hues. */
const CATEGORIES: Record<Theme, readonly string[]> = {
  light: ["#1e60eb", "#df6e02", "#1d8071", "#c9559d", "#4e5206", "#894db9", "#1a97f2", "#8a0956", "#72a16d", "#916430", "#324c7e", "#5814b7"],
  dark: ["#2b6efa", "#f3c18b", "#54b4b3", "#f0b2f8", "#7c8120", "#b33bc4", "#b5fbd1", "#a3637f", "#d6fc07", "#ed7b78", "#b2b900", "#9a93f6"],
}
const GROUND: Record<Theme, string> = { light: "#ffffff", dark: "#161a21" }
export const UNKNOWN: Record<Theme, string> = { light: "#a4abb6", dark: "#565f6d" }
// viridis, without the end that the ground swallows
const RAMP: Record<Theme, readonly string[]> = {
  light: ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58"],
  dark: ["#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"],
}
const BINS = 48

/** So many colours that can be told apart; beyond twelve they come again, paler. */
export function categorical(count: number, theme: Theme): string[] {
  const own = CATEGORIES[theme]
  return Array.from({ length: count }, (_, i) => {
    const colour = own[i % own.length] ?? UNKNOWN[theme]
    const turn = Math.floor(i / own.length)
    return turn === 0 ? colour : mixed(colour, GROUND[theme], 1 - 0.55 ** turn)
  })
}

/** Colours of a quantity from its least to its most. */
export function ramp(theme: Theme, bins = BINS): string[] {
  const stops = RAMP[theme]
  return Array.from({ length: bins }, (_, i) => {
    const at = (i / (bins - 1)) * (stops.length - 1)
    const low = Math.min(Math.floor(at), stops.length - 2)
    return mixed(stops[low] ?? "#000000", stops[low + 1] ?? "#000000", at - low)
  })
}

export function rgbOf(hex: string): [number, number, number] {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as [number, number, number]
}

function mixed(from: string, to: string, share: number): string {
  const [a, b] = [rgbOf(from), rgbOf(to)]
  return `#${a.map((one, i) => Math.round(one + ((b[i] ?? one) - one) * share).toString(16).padStart(2, "0")).join("")}`
}
