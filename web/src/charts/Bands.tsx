import { useState, type PointerEvent } from "react"
import { Figure } from "../ui/Figure"
import { percent } from "../ui/format"
import { across, nearestX } from "./lines"
import "./way.css"

export interface Banded {
  x: number
  mid: number
  low: number
  high: number
}

interface BandsProps {
  title: string
  reading: string
  /** Shares, 0 to 1. */
  points: readonly Banded[]
  over: string
  /** A share worth comparing with. */
  mark: { value: number; name: string }
  /** The name of the file with the data. */
  file: string
}

/** A share over rounds with its 90 % band; what the pointer is at as numbers. */
export function Bands({ title, reading, points, over, mark, file }: BandsProps) {
  const [at, setAt] = useState<number | null>(null)
  const xs = points.map(({ x }) => x)
  const place = (x: number, y: number) => `${across(xs, x).toFixed(2)} ${(100 * (1 - y)).toFixed(2)}`
  const here = points.find(({ x }) => x === at) ?? points.at(-1)
  const edge = [...points.map(({ x, high }) => place(x, high)), ...[...points].reverse().map(({ x, low }) => place(x, low))]
  const onMove = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    setAt(nearestX(xs, (event.clientX - box.left) / box.width))
  }
  return (
    <Figure title={title} reading={reading} data={{ name: file, columns: [over, "value", "low", "high"], rows: points.map(({ x, mid, low, high }) => [x, mid, low, high]) }}>
      <div className="bands">
        <span className="series-top">100 %</span>
        <svg
          role="img" aria-label={`${title}. ${reading}`} viewBox="0 0 100 100" preserveAspectRatio="none"
          onPointerMove={onMove} onPointerDown={onMove} onPointerLeave={() => { setAt(null) }}
        >
          <path className="ground" d="M0 0H100M0 50H100M0 100H100" />
          <path className="mark" d={`M0 ${String(100 * (1 - mark.value))}H100`} />
          {points.length > 1 && <path className="band" d={`M${edge.join("L")}Z`} />}
          {points.length > 1 && <path className="line" d={`M${points.map(({ x, mid }) => place(x, mid)).join("L")}`} />}
          {points.map(({ x, mid }) => <path key={x} className={x === at ? "spot here" : "spot"} d={`M${place(x, mid)}h0`} />)}
        </svg>
        <span className="series-zero">0</span>
        <span className="series-ends"><span>{xs.length > 0 && `${over} ${String(xs[0])}`}</span><span>{xs.length > 1 && `${over} ${String(xs.at(-1))}`}</span></span>
      </div>
      {here && (
        <p className="small soft" aria-hidden="true">
          {over} {here.x}: <b>{percent(here.mid)}</b>, 90 % sure: {percent(here.low)} to {percent(here.high)} · dotted: {mark.name}
        </p>
      )}
    </Figure>
  )
}
