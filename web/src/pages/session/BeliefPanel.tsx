import { Slice } from "../../charts/Slice"
import { problemOf } from "../../client/problem"
import type { AxisBelief, Belief } from "../../client/types"
import { gainInWords, plusMinus, shortAxis } from "../../ui/format"
import { Problem } from "../../ui/Problem"

interface BeliefPanelProps {
  belief: Belief | undefined
  error: Error | null
  answers: number
  onRetry: () => void
}

/** What is believed so far, with how sure it is; unknown is shown as unknown. */
export function BeliefPanel({ belief, error, answers, onRetry }: BeliefPanelProps) {
  return (
    <div className="believe">
      <h3>What I believe</h3>
      {error && <Problem problem={problemOf(error)} onRetry={onRetry} />}
      {answers === 0 && <p className="note">Nothing yet. Your first answer tells me which way to go.</p>}
      {belief && answers > 0 && (
        <>
          {belief.axes.map((axis) => <AxisRow key={axis.axis.name} belief={axis} />)}
          <p className="note">{movedInWords(belief)}</p>
          {belief.expected_gain !== null && (
            <p className="note" title="In units of choice noise: at 1.0 the better one wins 73 % of choices">
              Still to gain with more rounds: about <b>{belief.expected_gain.toFixed(1)}</b>, {gainInWords(belief.expected_gain)}.
            </p>
          )}
        </>
      )}
    </div>
  )
}

function AxisRow({ belief }: { belief: AxisBelief }) {
  const [index, name] = splitName(belief.axis.name)
  return (
    <div className="axis" data-known={belief.known}>
      <span title={`${belief.axis.name}: ${belief.axis.source === "attribute" ? "an axis of your own" : "a mixture found in the model’s captions"}`}>
        {index !== null && <span className="muted">{index} </span>}
        {name}
      </span>
      <span className="val">{belief.known ? plusMinus(belief.best, belief.best_sd) : "can’t tell yet"}</span>
      <Slice belief={belief} />
    </div>
  )
}

/** Mixtures are named `mix 2: small ↔ bold`; their number is set apart. */
export function splitName(name: string): [string | null, string] {
  const found = /^(mix \d+): (.*)$/.exec(name)
  return found ? [found[1] ?? null, shortAxis(found[2] ?? name)] : [null, shortAxis(name)]
}

function movedInWords(belief: Belief): string {
  const moved = belief.axes.filter((axis) => axis.moved !== null).sort((a, b) => Math.abs(b.moved ?? 0) - Math.abs(a.moved ?? 0))[0]
  const known = belief.axes.filter((axis) => axis.known).length
  const left = known === 0 ? ` I can’t tell on any axis yet: ${belief.answers < 3 ? "two more answers" : "a few more answers"} would help.` : ""
  if (moved?.moved === null || moved === undefined || Math.abs(moved.moved) < 0.05) return `Your last answer changed little.${left}`
  const pole = moved.moved > 0 ? moved.axis.positive : moved.axis.negative
  return `Your last answer moved me towards “${pole}” by ${Math.abs(moved.moved).toFixed(1)}.${left}`
}
