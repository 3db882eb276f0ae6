import { useCourse } from "../../../client/latentLog"
import type { LatentRunDetail } from "../../../client/latents"
import { LiveChart } from "../shared/LiveChart"
import { FIGURES, shortId } from "../shared/words"
import { curveOf } from "./sides"

/** How both came to where they are, on one scale. */
export function Curves({ a, b }: { a: LatentRunDetail; b: LatentRunDetail }) {
  const courses = [useCourse(a.id).course, useCourse(b.id).course]
  const curves = FIGURES.flatMap((figure) => { const curve = curveOf(figure.metric, courses.map(({ epochs }) => epochs)); return curve ? [{ ...figure, ...curve }] : [] })
  const last = Math.max(a.epochs, b.epochs)
  return (
    <div className="compare-curves">
      {curves.map(({ metric, name, means, inWords, xs, lines }) => (
        <section key={metric} className="card">
          <LiveChart
            title={name} reading={means} xs={xs} range={[1, Math.max(2, last)]} over="epoch" inWords={inWords} file={`compare-${metric}`}
            lines={[{ name: `A ${shortId(a.id)}`, values: lines[0] ?? [] }, { name: `B ${shortId(b.id)}`, values: lines[1] ?? [] }]}
          />
        </section>
      ))}
    </div>
  )
}
