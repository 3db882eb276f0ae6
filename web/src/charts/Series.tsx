import { useState, type PointerEvent } from "react"
import { AsTable } from "../ui/AsTable"
import { Figure } from "../ui/Figure"
import { across, down, nearestX, topOf, xsOf, type Line } from "./lines"
import "./series.css"

interface SeriesProps {
  title: string
  reading: string
  lines: readonly Line[]
  /** What the horizontal means, as the name of a column; and one of its values in words. */
  over: string
  placeInWords: (x: number) => string
  valueInWords: (y: number) => string
  /** The name of the file with the data. */
  file: string
  joined?: boolean
}

/** Values over rounds or time, from zero: one line for each name, what the pointer is at as numbers, all of it as a table. */
export function Series({ title, reading, lines, over, placeInWords, valueInWords, file, joined = true }: SeriesProps) {
  const [at, setAt] = useState<number | null>(null)
  const xs = xsOf(lines)
  const top = topOf(lines)
  const rows = xs.map((x) => [placeInWords(x), ...lines.map(({ points }) => points.find(([px]) => px === x)?.[1] ?? null)])
  const onMove = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    setAt(nearestX(xs, (event.clientX - box.left) / box.width))
  }
  return (
    <Figure title={title} reading={reading} data={{ name: file, columns: [over, ...lines.map(({ name }) => name)], rows }}>
      <div className="series">
        <span className="series-top">{valueInWords(top)}</span>
        <svg
          role="img" aria-label={`${title}. ${reading}`} viewBox="0 0 100 100" preserveAspectRatio="none"
          onPointerMove={onMove} onPointerDown={onMove} onPointerLeave={() => { setAt(null) }}
        >
          <path className="ground" d="M0 0H100M0 50H100M0 100H100" />
          {at !== null && <path className="cross" d={`M${String(across(xs, at))} 0V100`} />}
          {lines.map(({ name, points }, index) => {
            const places = points.map(([x, y]) => `${across(xs, x).toFixed(2)} ${down(top, y).toFixed(2)}`)
            return (
              <g key={name} data-colour={index % 10} data-dash={Math.floor(index / 10) % 3}>
                {joined && places.length > 1 && <path className="line" d={`M${places.join("L")}`} />}
                {places.map((place, i) => <path key={i} className={points[i]?.[0] === at ? "spot here" : "spot"} d={`M${place}h0`} />)}
              </g>
            )
          })}
        </svg>
        <span className="series-zero">0</span>
        <span className="series-ends"><span>{xs.length > 0 && placeInWords(xs[0] ?? 0)}</span><span>{xs.length > 1 && placeInWords(xs.at(-1) ?? 0)}</span></span>
      </div>
      <ul className="series-names" aria-hidden="true">
        {lines.map((line, index) => (
          <li key={line.name}>
            <svg viewBox="0 0 20 10" data-colour={index % 10} data-dash={Math.floor(index / 10) % 3}><path className={joined ? "line" : "spot"} d={joined ? "M1 5H19" : "M10 5h0"} /></svg>
            <span className="name">{line.name}</span>
            <span className="mono">{valueAt(line, at, valueInWords, placeInWords)}</span>
          </li>
        ))}
      </ul>
      <AsTable
        title={title} columns={[over, ...lines.map(({ name }) => name)]}
        rows={rows.map(([place, ...values]) => ({ cells: [place, ...values.map((value) => (typeof value === "number" ? valueInWords(value) : "–"))] }))}
      />
    </Figure>
  )
}

/** What a line says where the pointer is, or at its end. */
function valueAt({ points }: Line, at: number | null, valueInWords: (y: number) => string, placeInWords: (x: number) => string): string {
  const point = at === null ? points.at(-1) : points.find(([x]) => x === at)
  return point === undefined ? "–" : `${valueInWords(point[1])} · ${placeInWords(point[0])}`
}
