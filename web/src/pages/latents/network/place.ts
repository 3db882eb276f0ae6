/** What the page looks at, as its address names it: a picture, an epoch, a layer, a channel or unit of it, and a cell. */
export interface Place {
  picture?: number
  epoch?: number
  layer?: string
  channel?: number
  x?: number
  y?: number
}

export function placeOf(search: Record<string, unknown>): Place {
  const place: Place = {}
  for (const name of ["picture", "epoch", "channel", "x", "y"] as const) {
    const value = search[name]
    if (typeof value === "number" && Number.isInteger(value) && value >= 0) place[name] = value
  }
  if (typeof search.layer === "string" && search.layer !== "") place.layer = search.layer
  return place
}
