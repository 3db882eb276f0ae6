import type { PointerEvent } from "react"
import { Figure } from "../../ui/Figure"
import { across, domainOf, nearest } from "./curve"

interface Mark {
  value: number
  name: string
}

interface DoseChartProps {
  title: string
  reading: string
  /** The name of the file with the data. */
  file: string
  points: readonly { dose: number; value: number }[]
  inWords: (value: number) => string
  /** What the scale holds at least, so that noise looks like noise. */
  least: readonly number[]
  /** What no steering has, as a line. */
  level: Mark
  /** What chance does either way of the level, as a band. */
  chance?: Mark | null
  /** What asking in words does, at either end. */
  asked?: { negative: number; positive: number; name: string } | null
  /** The dose that is looked at, and which one the pointer is at. */
  at: number | null
  onAt: (dose: number | null) => void
  poles: { negative: string; positive: string }
  tall?: boolean
  /** False where nothing is known between the points. */
  joined?: boolean
}

/** Something over the dose, from one pole to the other. */
export function DoseChart({ title, reading, file, points, inWords, least, level, chance, asked, at, onAt, poles, tall = false, joined = true }: DoseChartProps) {
  const band = chance ? [level.value - chance.value, level.value + chance.value] : []
  const ends = asked ? [asked.negative, asked.positive] : []
  const [low, high] = domainOf([...points.map(({ value }) => value), level.value, ...band, ...ends], least)
  const down = (value: number) => 100 - (100 * (value - low)) / (high - low)
  const place = (dose: number, value: number) => `${across(dose).toFixed(2)} ${down(value).toFixed(2)}`
  const onMove = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    onAt(points[nearest(points.map(({ dose }) => dose), (event.clientX - box.left) / box.width)]?.dose ?? null)
  }
  const here = points.find(({ dose }) => dose === at)
  return (
    <Figure title={title} reading={reading} data={{ name: file, columns: ["dose", "value"], rows: points.map(({ dose, value }) => [dose, value]) }}>
      <div className="lx-plot" data-tall={tall}>
        <span className="lx-high">{inWords(high)}</span>
        <span className="lx-low">{inWords(low)}</span>
        <div className="lx-canvas">
          <svg
            role="img" aria-label={`${title}. ${reading}`} viewBox="0 0 100 100" preserveAspectRatio="none"
            onPointerMove={onMove} onPointerDown={onMove} onPointerLeave={() => { onAt(null) }}
          >
            <path className="ground" d={`M0 0H100M0 100H100M${String(across(0))} 0V100`} />
            {chance && <rect className="chance" x="0" width="100" y={down(level.value + chance.value)} height={down(level.value - chance.value) - down(level.value + chance.value)} />}
            <path className="level" d={`M0 ${String(down(level.value))}H100`} />
            {asked && <path className="asked" d={`M${place(-1, asked.negative)}h14M${place(1, asked.positive)}h-14`} />}
            {at !== null && <path className="cross" d={`M${String(across(at))} 0V100`} />}
            {joined && <path className="line" d={`M${points.map(({ dose, value }) => place(dose, value)).join("L")}`} />}
            {points.map(({ dose, value }) => <path key={dose} className={dose === at ? "spot here" : "spot"} d={`M${place(dose, value)}h0`} />)}
          </svg>
          {here && <span className="lx-here" style={{ left: `${String(Math.min(88, Math.max(12, across(here.dose))))}%` }} aria-hidden="true">{inWords(here.value)}</span>}
        </div>
        <span className="lx-ends"><span>{poles.negative}</span><span>neutral</span><span>{poles.positive}</span></span>
      </div>
    </Figure>
  )
}
