import { useMemo } from "react"
import type { Course } from "../../../client/latentCourse"
import { brief } from "../shared/words"
import { LiveChart } from "../shared/LiveChart"
import { chartsOf, sumInWords, valuesOf } from "./charts"

interface CurvesProps {
  course: Course
  training: Record<string, unknown>
  epochs: number
  at: number | null
  onPick: (epoch: number) => void
}

/** Each term unweighted, the weighted total, and what tells whether it goes well; all on one time. */
export function Curves({ course, training, epochs, at, onPick }: CurvesProps) {
  const rows = course.epochs
  const xs = useMemo(() => rows.map(({ epoch }) => epoch), [rows])
  const range = useMemo(() => [0, epochs] as const, [epochs])
  const plans = useMemo(() => chartsOf(String(training.kind)), [training.kind])
  const drawn = useMemo(() => plans.map((plan) => ({
    ...plan,
    lines: plan.lines.map(({ name, metric, isHeldOut }) => ({ name, values: valuesOf(rows, metric), isDashed: isHeldOut && plan.lines.length > 1 }))
      .filter(({ values }) => values.some((value) => value !== null)),
  })), [plans, rows])
  const row = rows.find(({ epoch }) => epoch === at) ?? rows.at(-1)
  return (
    <section className="curves-part" aria-label="Curves">
      <div className="part-head">
        <h2>Curves</h2>
        {row && <p className="soft small">Epoch {row.epoch}: {sumInWords(row, training)}</p>}
      </div>
      <div className="curves">
        {drawn.filter(({ lines }) => lines.length > 0).map(({ title, reading, lines, inWords }) => (
          <div key={title} className="card part">
            <LiveChart title={title} reading={reading} xs={xs} lines={lines} range={range} over="epoch" inWords={inWords} file={title.toLowerCase().replace(/[^a-z]+/g, "-")} at={at} onPick={onPick} />
          </div>
        ))}
      </div>
    </section>
  )
}

/** The loss of each batch that was told of: what moves first. */
export function Heartbeat({ losses, epochs, at }: { losses: Course["losses"]; epochs: number; at: number | null }) {
  const range = useMemo(() => [0, epochs] as const, [epochs])
  const steps = useMemo(() => ({ xs: losses.map(([x]) => x), lines: [{ name: "loss of a batch", values: losses.map(([, loss]) => loss) }] }), [losses])
  return <LiveChart title="Loss, batch by batch" reading="The heartbeat of the training: what moves first." {...steps} range={range} over="epochs passed" inWords={brief} file="batch-loss" at={at} />
}
