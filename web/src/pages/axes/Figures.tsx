import { useState } from "react"
import type { AxisReport } from "../../client/axes"
import type { AxisView, PackView } from "../../client/language"
import { AsTable } from "../../ui/AsTable"
import { percent, signed } from "../../ui/format"
import { pointsOf, type Point } from "./curve"
import { DoseChart } from "./DoseChart"
import { times } from "./words"

interface FiguresProps {
  name: string
  poles: AxisView["poles"]
  pack: PackView
  report: AxisReport | null
}

/** What an axis does and what it damages, over the dose; one dose is looked at in all figures. */
export function Figures({ name, poles, pack, report }: FiguresProps) {
  const [at, setAt] = useState<number | null>(null)
  const points = pointsOf(pack, report)
  const shared = { poles, at, onAt: setAt }
  const damage = { ...shared, joined: report !== null }
  const known = report ? "" : " At both ends alone, as calibration found it."
  const of = (value: (point: Point) => number | null) => points.flatMap((point) => { const found = value(point); return found === null ? [] : [{ dose: point.dose, value: found }] })
  const half = (total: number | null) => (total === null ? null : total / 2)
  const [chance, asked] = [half(floorOf(report) ?? pack.floor), half(report?.instructed ?? pack.instructed)]
  const [low, high] = report?.instructed_perplexity ?? []
  const ends = low === undefined || high === undefined ? null : { negative: low, positive: high, name: "asked in words" }
  return (
    <section className="lx-figures" aria-label="What doses do">
      <div className="lx-main">
        <DoseChart
          {...shared} tall title="Effect by dose" file={`${name}-effect`} points={of(({ effect }) => effect)} inWords={(value) => signed(value, 1)}
          reading={`Nats a token that ${poles.positive} answers gain on ${poles.negative} ones, ${report ? "on held-out pairs" : "as calibration found it"}.`}
          least={[-1, 1]} level={{ value: 0, name: "no steering" }} chance={chance === null ? null : { value: chance, name: "random directions" }}
          asked={asked === null ? null : { negative: -asked, positive: asked, name: "asked in words" }}
        />
        <ul className="lx-key" aria-hidden="true">
          <li data-mark="line">steered</li>
          {chance !== null && <li data-mark="chance">random directions do {report ? "up to " : ""}{(2 * chance).toFixed(2)}, half each way</li>}
          {asked !== null && <li data-mark="asked">asking in words does {(2 * asked).toFixed(2)}, half each way</li>}
        </ul>
      </div>
      <div className="lx-side">
        <DoseChart
          {...damage} title="How unusual the text becomes" file={`${name}-perplexity`} points={of(({ perplexity }) => perplexity)} inWords={times}
          reading={`Perplexity against no steering; ×1 is no damage.${known}${ends ? ` Asked in words: ${times(ends.negative)} and ${times(ends.positive)}.` : ""}`}
          least={[1, 2]} level={{ value: 1, name: "no steering" }} asked={ends}
        />
        <DoseChart
          {...damage} title="How far other answers shift" file={`${name}-kl`} points={of(({ kl }) => kl)} inWords={(value) => value.toFixed(2)}
          reading={`KL divergence on everyday answers, nats a token; 0 is none.${known}`} least={[0, 0.5]} level={{ value: 0, name: "no steering" }}
        />
        <DoseChart
          {...damage} title="How varied the wording stays" file={`${name}-distinct`} points={of(({ distinct }) => distinct)} inWords={times}
          reading={`Distinct-2 against no steering; below ×1 it repeats itself.${known}`} least={[0.8, 1.1]} level={{ value: 1, name: "no steering" }}
        />
      </div>
      <Numbers points={points} poles={poles} at={at} />
    </section>
  )
}

const floorOf = (report: AxisReport | null) =>
  (report === null || report.floor.length === 0 ? null : Math.max(...report.floor.map(Math.abs)))

const told = (value: number | null, inWords: (value: number) => string) => (value === null ? "–" : inWords(value))

/** All that the figures draw. */
function Numbers({ points, poles, at }: { points: Point[]; poles: AxisView["poles"]; at: number | null }) {
  const isMeant = points.some(({ meaning }) => meaning !== null)
  return (
    <AsTable
      title="Numbers by dose" summary="Numbers by dose"
      columns={["dose", "effect", "perplexity", "KL", "distinct-2", "declined", ...(isMeant ? ["meaning"] : [])]}
      rows={points.map(({ dose, effect, perplexity, kl, distinct, refusals, meaning }) => ({
        cells: [
          <>{signed(dose, 2)} <small>{dose === 0 ? "neutral" : dose < 0 ? poles.negative : poles.positive}</small></>,
          signed(effect, 2), told(perplexity, times), told(kl, (value) => value.toFixed(2)), told(distinct, times), told(refusals, percent),
          ...(isMeant ? [told(meaning, (value) => signed(value, 2))] : []),
        ],
        isHere: dose === at,
      }))}
    />
  )
}
