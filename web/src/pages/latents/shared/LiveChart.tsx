import { useEffect, useMemo, useRef, useState } from "react"
import uPlot from "uplot"
import "uplot/dist/uPlot.min.css"
import "../../../charts/series.css"
import { Figure } from "../../../ui/Figure"
import { useTheme } from "../../../ui/theme"
import "./chart.css"
import { ValuesTable } from "./ValuesTable"

interface DrawnLine {
  name: string
  values: readonly (number | null)[]
  isDashed?: boolean
}
interface LiveChartProps {
  title: string
  reading: string
  /** Ascending, as many as each line has values. */
  xs: readonly number[]
  lines: readonly DrawnLine[]
  /** From where to where the horizontal reaches, so that what is to come has its place. */
  range: readonly [from: number, to: number]
  over: string
  inWords: (value: number) => string
  file: string
  /** Where the page stands: a line through all charts. */
  at?: number | null
  onPick?: (x: number) => void
  tall?: boolean
}

const SYNC = "latents"
const AXIS_FONT = "11px Inter Variable, system-ui, sans-serif"

/** Values over epochs as they come: drawn again without being made again; charts of a page share their cursor. */
export function LiveChart(props: LiveChartProps) {
  const { title, reading, xs, lines, over, inWords, file, at = null } = props
  const place = useRef<HTMLDivElement>(null)
  const hovered = useChart(place, props)
  const shown = hovered ?? indexOf(xs, at)
  const dataOf = () => ({ name: file, columns: [over, ...lines.map(({ name }) => name)], rows: xs.map((x, row) => [x, ...lines.map(({ values }) => values[row] ?? null)]) })
  return (
    <Figure title={title} reading={reading} {...(xs.length > 0 ? { data: dataOf } : {})}>
      <ul className="series-names" aria-hidden="true">
        {lines.map(({ name, values, isDashed }, index) => (
          <li key={name}>
            <svg viewBox="0 0 20 10" data-colour={index} data-dash={isDashed ? 1 : 0}><path className="line" d="M1 5H19" /></svg>
            <span className="name">{name}</span>
            <span className="mono">{valueInWords(values, shown, inWords)}</span>
          </li>
        ))}
      </ul>
      <div className="live-chart" ref={place} role="img" aria-label={`${title}. ${reading} ${lines.map(({ name, values }) => `${name}: ${valueInWords(values, null, inWords)}`).join("; ")}.`} />
      <ValuesTable title={title} over={over} xs={xs} lines={lines} inWords={inWords} at={at} />
    </Figure>
  )
}

/** The chart in its place, kept true to the newest properties; answers with the row that the pointer is at. */
function useChart(place: React.RefObject<HTMLDivElement | null>, props: LiveChartProps): number | null {
  const [theme] = useTheme()
  const [hovered, setHovered] = useState<number | null>(null)
  const newest = useRef(props)
  const chart = useRef<uPlot | null>(null)
  const { xs, lines, range: [from, to], at, tall } = props
  const data = useMemo(() => [xs, ...lines.map(({ values }) => values)] as uPlot.AlignedData, [xs, lines])
  const shape = lines.map(({ name, isDashed }) => `${name}${isDashed ? "~" : ""}`).join("|")
  useEffect(() => { newest.current = props })
  useEffect(() => {
    const element = place.current
    if (!element) return
    const made = new uPlot(optionsOf(newest, element, tall ? 190 : 132, setHovered), drawnOf(newest.current), element)
    chart.current = made
    const watcher = new ResizeObserver(() => { made.setSize({ width: element.clientWidth, height: tall ? 190 : 132 }) })
    watcher.observe(element)
    return () => {
      watcher.disconnect()
      made.destroy()
      chart.current = null
    }
  }, [place, shape, theme, tall])
  useEffect(() => { chart.current?.setData(data) }, [data, from, to])
  useEffect(() => { chart.current?.redraw(false) }, [at])
  return hovered
}

function drawnOf({ xs, lines }: LiveChartProps): uPlot.AlignedData {
  return [xs, ...lines.map(({ values }) => values)] as uPlot.AlignedData
}

function optionsOf(newest: React.RefObject<LiveChartProps>, element: HTMLElement, height: number, onHover: (row: number | null) => void): uPlot.Options {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => style.getPropertyValue(name).trim()
  const axis = { stroke: token("--ink-3"), grid: { stroke: token("--line"), width: 1 }, ticks: { show: false }, font: AXIS_FONT }
  return {
    width: element.clientWidth, height, legend: { show: false }, padding: [8, 14, 0, 0],
    cursor: {
      sync: { key: SYNC, scales: ["x", null] }, y: false, drag: { x: false, y: false }, points: { size: 7 },
      bind: { click: (chart) => () => { pick(chart, newest.current); return null } },
    },
    scales: { x: { time: false, range: () => [...newest.current.range] as [number, number] } },
    series: [{}, ...newest.current.lines.map(({ isDashed }, index) => ({
      stroke: token(`--c${String(index)}`), width: 2, points: { show: ({ data }: uPlot) => data[0].length < 3, size: 5 }, ...(isDashed ? { dash: [6, 4] } : {}),
    }))],
    axes: [
      { ...axis, size: 22, gap: 3, space: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500] },
      { ...axis, size: 46, gap: 4, space: 34, values: (_, ticks) => ticks.map(short) },
    ],
    hooks: {
      setCursor: [({ cursor: { idx, left } }) => { onHover(left !== undefined && left >= 0 ? (idx ?? null) : null) }],
      draw: [(chart) => { drawPlace(chart, newest.current.at ?? null, token("--accent")) }],
    },
  }
}

function pick(chart: uPlot, { onPick, xs }: LiveChartProps): void {
  const x = xs[chart.cursor.idx ?? -1]
  if (x !== undefined) onPick?.(x)
}

function drawPlace(chart: uPlot, at: number | null, colour: string): void {
  if (at === null) return
  const { ctx, bbox: { top, height } } = chart
  const x = Math.round(chart.valToPos(at, "x", true))
  ctx.save()
  Object.assign(ctx, { strokeStyle: colour, lineWidth: devicePixelRatio, globalAlpha: 0.7 })
  ctx.beginPath()
  ctx.moveTo(x, top)
  ctx.lineTo(x, top + height)
  ctx.stroke()
  ctx.restore()
}

function short(tick: number): string {
  return Math.abs(tick) >= 10_000 ? `${String(Number((tick / 1000).toPrecision(3)))}k` : String(Number(tick.toPrecision(4)))
}

function indexOf(xs: readonly number[], at: number | null): number | null {
  const row = at === null ? -1 : xs.indexOf(at)
  return row < 0 ? null : row
}

/** What a line says at a row, or else at its end. */
function valueInWords(values: readonly (number | null)[], row: number | null, inWords: (value: number) => string): string {
  const value = row === null ? values.findLast((one) => one !== null) : values[row]
  return value === null || value === undefined ? "–" : inWords(value)
}
