import { useState } from "react"
import type { AxisBelief } from "../client/types"
import { odds, signed } from "../ui/format"

const WIDTH = 300
const HEIGHT = 48
const LIMIT = 4 // logits either way: odds beyond 55 : 1 lie outside the picture
const BANDS = [["90 %", 1.645, 0.14], ["50 %", 0.674, 0.24]] as const

/**
 * Utility along one axis through the incumbent: mean with its 50 and 90 % bands, in odds of being preferred to it.
 * The dotted line is even odds, the dashed one the incumbent's place.
 */
export function Slice({ belief }: { belief: AxisBelief }) {
  const [at, setAt] = useState<number | null>(null)
  const { z, mean, sd } = belief
  const low = z[0] ?? -1
  const high = z.at(-1) ?? 1
  const x = (value: number) => (WIDTH * (value - low)) / Math.max(high - low, 1e-9)
  const y = (value: number) => HEIGHT / 2 - (value / LIMIT) * (HEIGHT / 2 - 2)
  const edge = (sign: number, width: number) => z.map((value, i) => `${x(value).toFixed(1)} ${y((mean[i] ?? 0) + sign * width * (sd[i] ?? 0)).toFixed(1)}`)
  const colour = belief.known ? "var(--accent)" : "var(--ink-3)"
  const reading = at === null ? null : readingAt(belief, at)
  return (
    <div className="slice">
      <svg
        viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`} preserveAspectRatio="none" role="img"
        aria-label={`${belief.axis.name}: ${belief.known ? `your best lies near ${signed(belief.best)}` : "not known yet"}`}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect()
          setAt(Math.round(((event.clientX - box.left) / box.width) * (z.length - 1)))
        }}
        onPointerLeave={() => { setAt(null) }}
      >
        {BANDS.map(([name, width, opacity]) => (
          <path key={name} d={`M${edge(1, width).join(" L")} L${edge(-1, width).reverse().join(" L")}Z`} fill={colour} opacity={opacity} />
        ))}
        <line x1="0" x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} stroke="var(--line-strong)" strokeDasharray="1 3" vectorEffect="non-scaling-stroke" />
        <path d={`M${z.map((value, i) => `${x(value).toFixed(1)} ${y(mean[i] ?? 0).toFixed(1)}`).join(" L")}`} fill="none" stroke={colour} strokeWidth="2" vectorEffect="non-scaling-stroke" />
        <line x1={x(belief.at)} x2={x(belief.at)} y1="0" y2={HEIGHT} stroke="var(--ink-3)" strokeDasharray="3 3" vectorEffect="non-scaling-stroke" />
      </svg>
      <span className="poles">
        <span>{belief.axis.negative}</span>
        {reading !== null && <span className="reading">{reading}</span>}
        <span>{belief.axis.positive}</span>
      </span>
    </div>
  )
}

function readingAt({ z, mean, sd }: AxisBelief, index: number): string {
  const i = Math.max(0, Math.min(z.length - 1, index))
  const [m, s] = [mean[i] ?? 0, sd[i] ?? 0]
  return `${odds(m)} (${odds(m - 1.645 * s)} … ${odds(m + 1.645 * s)})`
}
