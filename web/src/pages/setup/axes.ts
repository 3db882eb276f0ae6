const SEPARATOR = /\s*(?:↔|<->|⟷|\||\/|\bvs\.?\s)\s*/u

/** An axis as it is typed, `red | blue`, in the form that the lab writes; null while it isn't two different poles. */
export function axisOf(text: string): string | null {
  const poles = text.trim().split(SEPARATOR).map((pole) => pole.trim())
  const [negative, positive] = poles
  if (poles.length !== 2 || !negative || !positive || negative.toLowerCase() === positive.toLowerCase()) return null
  return `${negative} ↔ ${positive}`
}

export function polesOf(axis: string): [string, string] {
  const [negative = axis, positive = ""] = axis.split(SEPARATOR)
  return [negative, positive]
}
