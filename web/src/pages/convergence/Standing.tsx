import { Bands } from "../../charts/Bands"
import { Series } from "../../charts/Series"
import { WayLeft } from "../../charts/WayLeft"
import type { Advice, Convergence } from "../../client/types"
import { percent } from "../../ui/format"
import { VERDICT_WORDS } from "../session/advice"
import type { Point } from "./words"
import { useNoun } from "../../ui/medium"

/** What is advised now, and how much of the way is left. */
export function Standing({ now }: { now: Advice }) {
  return (
    <>
      <p className="verdict" data-verdict={now.verdict}>{VERDICT_WORDS[now.verdict]}</p>
      <p>{now.sentence}</p>
      <WayLeft {...now} />
    </>
  )
}

/** What was left after each answer, with its band. */
export function LeftFigure({ course, now }: Pick<Convergence, "course" | "now">) {
  const noun = useNoun().toLowerCase()
  return (
    <Bands
      title="What is left" reading={`Of the way from an average ${noun} to the best there is, after each answer.`} over="round" file="left"
      points={course.flatMap(({ round: x, advice }) =>
        advice?.left == null || advice.low === null || advice.high === null ? [] : [{ x, mid: advice.left, low: advice.low, high: advice.high }])}
      mark={{ value: now.near, name: `the band must fall below ${percent(now.near)} before I advise to stop` }}
    />
  )
}

/** What another round was expected to bring, after each answer. */
export function GainFigure({ course }: { course: readonly Point[] }) {
  const points = course.flatMap(({ round, advice }) => (advice?.gain == null ? [] : [[round, advice.gain] as const]))
  return (
    <Series
      title="What another round may bring" reading="Expected, of the same way, after each answer." over="round" file="gain"
      placeInWords={(x) => `round ${String(x)}`} valueInWords={(y) => `${(100 * y).toFixed(1)} %`} lines={[{ name: "expected gain", points }]}
    />
  )
}
