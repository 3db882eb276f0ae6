import { useState, type PointerEvent } from "react"
import type { AxisBelief } from "../client/types"
import "./belief.css"
import { placeInWords, sliceInWords } from "./format"
import { HEIGHT, WIDTH, nearest, sliceOf } from "./geometry"

interface BeliefPlotProps {
  belief: AxisBelief
}

interface Here {
  z: number
  mean: number
}

/** One axis as a curve with its 50 % and 90 % bands: how often a place there would be preferred to the best so far. */
export function BeliefPlot({ belief }: BeliefPlotProps) {
  const [at, setAt] = useState<number | null>(null)
  const { axis, known, z, mean } = belief
  const here = at === null ? null : { z: z[at] ?? 0, mean: mean[at] ?? 0 }
  return (
    <div className="belief-axis" data-known={known}>
      <div className="belief-plot">
        <Plot belief={belief} here={here} onAt={setAt} />
        <span className="belief-even" aria-hidden="true">50 %</span>
      </div>
      <div className="belief-poles" aria-hidden="true">
        <span title={axis.negative}>{axis.negative}</span>
        {here && <span className="belief-here">{placeInWords(here.z, here.mean)}</span>}
        <span title={axis.positive}>{axis.positive}</span>
      </div>
    </div>
  )
}

interface PlotProps {
  belief: AxisBelief
  here: Here | null
  onAt: (index: number | null) => void
}

function Plot({ belief, here, onAt }: PlotProps) {
  const slice = sliceOf(belief)
  const onMove = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    onAt(nearest(belief.z.length, (event.clientX - box.left) / box.width))
  }
  const upright = (z: number) => ({ x1: slice.x(z), x2: slice.x(z), y1: 0, y2: HEIGHT })
  const best = slice.x(belief.best)
  return (
    <svg
      role="img" aria-label={sliceInWords(belief)} viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`} preserveAspectRatio="none"
      onPointerMove={onMove} onPointerDown={onMove} onPointerLeave={() => { onAt(null) }}
    >
      <line className="even" x1="0" x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
      <path className="outer" d={slice.outer} />
      <path className="inner" d={slice.inner} />
      <path className="curve" d={slice.line} />
      <line className="incumbent" {...upright(belief.at)} />
      {belief.known && <line className="best" x1={best} x2={best} y1={HEIGHT - 5} y2={HEIGHT} />}
      {here && <line className="cross" {...upright(here.z)} />}
      {here && <path className="spot" d={`M${String(slice.x(here.z))} ${String(slice.y(here.mean))}h0`} />}
    </svg>
  )
}
