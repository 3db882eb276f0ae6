import type { Method } from "./files"

export const COLOURS = ["label", "component", "confidence", "distortion", "lost"] as const
export type Colour = (typeof COLOURS)[number]

/** What an address says of a map: enough to see the same again. */
export interface View {
  /** None: the newest, and each newer one as it comes. */
  epoch?: number
  /** Position of a picture in its set. */
  picture?: number
  method?: Method
  dims?: 3
  colour?: Colour
}

export function viewOf({ epoch, picture, method, dims, colour }: Record<string, unknown>): View {
  return {
    ...whole("epoch", epoch), ...whole("picture", picture),
    ...(method === "pca" || method === "umap" ? { method } : {}),
    ...(dims === 3 ? { dims } : {}),
    ...(COLOURS.includes(colour as Colour) ? { colour: colour as Colour } : {}),
  }
}

function whole<Name extends string>(name: Name, value: unknown): Partial<Record<Name, number>> {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? ({ [name]: value } as Record<Name, number>) : {}
}

/** The epoch that is shown of those that there are: the one asked for, or the last before it. */
export function epochAt(epochs: readonly number[], wanted: number | undefined): number | undefined {
  if (wanted === undefined) return epochs.at(-1)
  return epochs.findLast((epoch) => epoch <= wanted) ?? epochs[0]
}
