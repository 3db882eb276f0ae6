import type { Advice } from "../client/types"
import { percent } from "../ui/format"
import { useNoun } from "../ui/medium"
import "./way.css"

/** How far the way from an average picture to the best one has been gone: the point, and the band that is 90 % sure. */
export function WayLeft({ left, low, high, near }: Pick<Advice, "left" | "low" | "high" | "near">) {
  const noun = useNoun()
  if (left === null || low === null || high === null) return null
  const at = (share: number) => `${String(100 * (1 - share))}%`
  return (
    <div className="way-left">
      <div
        className="way-track" role="img"
        aria-label={`About ${percent(left)} of the way remains; 90 % sure: ${percent(low)} to ${percent(high)}. Stopping is advised below ${percent(near)} for sure.`}
      >
        <i className="band" style={{ left: at(high), right: `${String(100 * low)}%` }} />
        <i className="near" style={{ left: at(near) }} />
        <i className="point" style={{ left: at(left) }} />
      </div>
      <div className="way-ends" aria-hidden="true"><span>an average {noun.toLowerCase()}</span><span>the best there is</span></div>
    </div>
  )
}
