/** What a preview saw of an axis: the change that one unit makes, in changes of the seed; null where it isn't known. */
export interface Effect {
  name: string
  visible_effect: number | null
  /** Whether the unit that was drawn comes from a measurement; if not, it is one caption difference. */
  measured: boolean
  /** Caption differences in one unit of a session that begins now; null while nothing is measured. */
  scale?: number | null
}

/** What stands behind an unmeasured unit: nothing, or these very pictures. */
export function unitInWords({ measured, scale }: Effect): string | undefined {
  if (measured) return undefined
  if (typeof scale !== "number") return "Nobody has measured this axis: one unit is one caption difference. “pilotage calibrate” measures it."
  return `One caption difference either way. By these pictures a session at this prompt takes ${scale.toFixed(2)} of it as one unit; “pilotage calibrate” measures for every prompt.`
}

export function effectInWords({ visible_effect: share, measured }: Effect): string {
  const unit = measured ? "" : " · unit not measured"
  if (share === null) return `not known how much one unit changes${unit}`
  return `one unit changes ${howMuch(share)}${unit}`
}

function howMuch(share: number): string {
  if (share < 0.05) return "hardly anything you could see"
  if (share > 0.8 && share < 1.25) return "about as much as another seed"
  if (share < 1) return `about ${String(Math.round(share * 20) * 5)} % of what another seed changes`
  return `about ${share < 10 ? share.toFixed(1) : String(Math.round(share))} times as much as another seed`
}
