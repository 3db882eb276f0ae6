import { useState } from "react"
import type { Overlay } from "./raster"

export type EdgeMode = "reach" | "all" | "none"

/** What is looked at and how, beside what the address says. */
export interface Choices {
  overlay: Overlay
  edges: EdgeMode
  extent: number
  hasNames: boolean
  hasPictures: boolean
  isLasso: boolean
  /** Groups of the legend that are hidden. */
  hidden: ReadonlySet<number>
  /** Rows that were drawn around. */
  selection: readonly number[]
  /** Whose candidates are drawn. */
  session: string | null
}

const FIRST: Choices = { overlay: "none", edges: "reach", extent: 1, hasNames: true, hasPictures: false, isLasso: false, hidden: new Set(), selection: [], session: null }

export function useChoices(): [Choices, (change: Partial<Choices>) => void] {
  const [choices, setChoices] = useState(FIRST)
  return [choices, (change) => { setChoices((now) => ({ ...now, ...change })) }]
}
