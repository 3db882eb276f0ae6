import { Figure } from "../ui/Figure"
import "./learning.css"

export interface Arm {
  name: string
  /** One value for each count of renders; null where it isn't known. */
  values: readonly (number | null)[]
}

interface LearningCurveProps {
  title: string
  reading: string
  /** How many pictures each point has cost. */
  renders: readonly number[]
  /** The last count that there will be. */
  until: number
  /** The one that learns, and the one that it is compared with. */
  arms: readonly [Arm, Arm]
  /** What the values are: distance from the target. */
  unit: string
  /** A value to compare with, such as where both began. */
  level: { value: number; name: string } | null
}

const WIDTH = 320
const HEIGHT = 150
const LEFT = 30
const RIGHT = 78
const BOTTOM = 22

/** Two arms on the same number of renders: lower is nearer. */
export function LearningCurve({ title, reading, renders, until, arms, unit, level }: LearningCurveProps) {
  const known = arms.flatMap(({ values }) => values.filter((value) => value !== null))
  const top = Math.max(...known, level?.value ?? 0, 0.1) * 1.12
  const x = (count: number) => LEFT + ((WIDTH - LEFT - RIGHT) * count) / until
  const y = (value: number) => 8 + (HEIGHT - 8 - BOTTOM) * (1 - value / top)
  const ends = spaced(arms.map(({ values }) => { const last = values.findLast((value) => value !== null); return last === undefined || last === null ? null : y(last) }))
  const rows = renders.map((count, i) => [count, arms[0].values[i] ?? null, arms[1].values[i] ?? null])
  return (
    <Figure title={title} reading={reading} data={{ name: "learning-curve", columns: ["renders", arms[0].name, arms[1].name], rows }}>
      <svg className="learning" role="img" aria-label={`${title} ${reading}`} viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`}>
        <path className="rule" d={`M${String(LEFT)} 8V${String(HEIGHT - BOTTOM)}H${String(WIDTH - RIGHT)}`} />
        <text x={LEFT - 6} y={y(0)} className="tick end">0</text>
        <text x={LEFT - 6} y={14} className="tick end">{(top / 1.12).toFixed(1)}</text>
        <text x={WIDTH - RIGHT} y={HEIGHT - 6} className="tick end">{until} pictures</text>
        <text x={LEFT} y={HEIGHT - 6} className="tick">{unit}</text>
        {level && <path className="level" d={`M${String(LEFT)} ${String(y(level.value))}H${String(WIDTH - RIGHT)}`} />}
        {level && <text x={LEFT + 5} y={y(level.value) + 9} className="tick">{level.name}</text>}
        {arms.map(({ name, values }, which) => {
          const points = values.flatMap((value, i) => (value === null ? [] : [[x(renders[i] ?? 0), y(value)] as const]))
          const end = ends[which]
          return (
            <g key={name} className={which === 0 ? "arm learns" : "arm"}>
              {points.length > 0 && <path d={`M${points.map(([px, py]) => `${px.toFixed(1)} ${py.toFixed(1)}`).join("L")}`} />}
              {points.map(([px, py]) => <circle key={px} cx={px} cy={py} r="3" />)}
              {end !== null && end !== undefined && <text x={(points.at(-1)?.[0] ?? 0) + 8} y={end}>{name}</text>}
            </g>
          )
        })}
      </svg>
    </Figure>
  )
}

/** Heights of the names at the lines' ends, kept apart so that both can be read. */
function spaced(heights: (number | null)[]): (number | null)[] {
  const [first, second] = heights
  if (first === null || second === null || first === undefined || second === undefined) return heights
  const short = 13 - Math.abs(first - second)
  if (short <= 0) return heights
  return first > second ? [first + short / 2, second - short / 2] : [first - short / 2, second + short / 2]
}
