/** What a preview saw of an axis: the change that one unit makes, in changes of the seed; null where it isn't known. */
export interface Effect {
  name: string
  visible_effect: number | null
  /** Whether the unit comes from a calibration; if not, it is one caption difference. */
  measured: boolean
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
