import { useState } from "react"
import type { AxisDetail, AxisReport, Work } from "../../client/axes"
import { problemOf, problemOfJob } from "../../client/problem"
import type { LiveJob } from "../../client/live"
import { count } from "../../ui/format"
import { Problem } from "../../ui/Problem"
import { leftInWords } from "../../ui/PhaseBar"
import { useWork } from "./useAxis"
import { standingOf, stepInWords } from "./words"

/** Where the panel is found on the page. */
export const WORK = "lx-work"

interface WorkPanelProps {
  axis: AxisDetail
  model: string
  /** Whether what is on the page differs from what would be worked on. */
  isUnsaved: boolean
}

/** What can be done next for an axis: make its vectors, measure them; what runs, what came of it. */
export function WorkPanel({ axis, model, isUnsaved }: WorkPanelProps) {
  const build = useWork("build", axis.name, model)
  const evaluate = useWork("evaluate", axis.name, model)
  const [isQuick, setQuick] = useState(false)
  const running = build.isRunning ? build : evaluate.isRunning ? evaluate : null
  if (running) return <Running work={running === build ? "build" : "evaluate"} live={running.live} isStopping={running.isStopping} onStop={running.stop} />
  const standing = standingOf(axis)
  const isHeldOut = (axis.answers.held_out ?? 0) > 0
  const isMeasured = axis.report !== null
  const isReady = standing === "ready"
  const { words, hint } = nextOf(axis, isUnsaved)
  const begin = (work: typeof build, other: typeof build, keepsVectors = false) => { other.putAside(); work.begin({ isQuick, keepsVectors }); setQuick(false) }
  const isRaw = standing === "raw"
  const calibrate = <button type="button" className="button primary" disabled={isUnsaved} onClick={() => { begin(build, evaluate, true) }}>Calibrate</button>
  const make = <button type="button" className={isReady || isRaw ? "button" : "button primary"} disabled={isUnsaved} onClick={() => { begin(build, evaluate) }}>{standing === "none" ? "Extract and measure" : "Extract anew"}</button>
  const measure = <button type="button" className={isReady && !isMeasured ? "button primary" : "button"} disabled={isUnsaved || !isHeldOut || (isQuick && isMeasured)} title={isQuick && isMeasured ? "A quick look would not replace what was measured" : undefined} onClick={() => { begin(evaluate, build) }}>{isMeasured ? "Measure again" : "Measure"}</button>
  return (
    <section id={WORK} tabIndex={-1} className="card lx-work" aria-label="Extract and measure" data-standing={standing}>
      <div className="grow">
        <strong>{words}</strong>
        <p className="small soft">{hint}</p>
      </div>
      <label className="row small" title="Fewer and shorter texts, one method: figures of which less is sure">
        <input type="checkbox" checked={isQuick} onChange={({ target }) => { setQuick(target.checked) }} /> Quick look
      </label>
      {isReady ? <>{measure}{make}</> : <>{standing === "stale" && measure}{isRaw && calibrate}{make}</>}
      <Outcome work={build} title="The vectors could not be made" done={doneInWords} />
      <Outcome work={evaluate} title="It could not be measured" done={() => "Measured: what you see is new."} />
    </section>
  )
}

/** What stands, and what the next step is good for. */
function nextOf(axis: AxisDetail, isUnsaved: boolean): { words: string; hint: string } {
  if (isUnsaved) return { words: "Save your changes first", hint: "Vectors are made of the pairs that are saved." }
  const minutes = "The model reads all pairs, layers and methods are compared, dose 1 is set where damage begins: minutes on a laptop."
  switch (standingOf(axis)) {
    case "none": return { words: "This model has no vectors of it yet", hint: minutes }
    case "raw": return { words: "Its vectors are not calibrated: a dose means nothing yet", hint: "Calibrating keeps them, and finds how far they can be pushed before text breaks. Extracting puts new ones in their place." }
    case "stale": return { words: "Its pairs changed since its vectors were made", hint: "Doses go on as before until they are made anew." }
    case "ready":
      if (axis.report === null) return { words: "Ready to steer; its doses were not looked at here yet", hint: "Measuring writes samples at nine doses, and reads what each does and damages." }
      return { words: "Ready to steer", hint: `${measuredInWords(axis.report, axis.report_ships)} with ${axis.report.model.name} on ${String(axis.report.answers)} held-out answers a pole and ${count(axis.report.texts || axis.report.samples.length, "prompt")}.` }
  }
}

/** Whose figures they are, and how sure. */
const measuredInWords = ({ quick }: AxisReport, isShipped: boolean) => (quick ? "Looked at quickly" : isShipped ? "Measured before it shipped," : "Measured here")

const doneInWords = ({ report }: Record<string, unknown>) =>
  (report ? "Made and measured: what you see is new." : "Made, and ready to steer. Nothing is held out, so what it does can’t be measured: hold some pairs out.")

interface OutcomeProps {
  work: ReturnType<typeof useWork>
  title: string
  done: (result: Record<string, unknown>) => string
}

/** What came of it, good or bad, with a way on. */
function Outcome({ work, title, done }: OutcomeProps) {
  const { beginning, error, ended } = work
  if (beginning.error) return <Problem problem={problemOf(beginning.error)} onRetry={work.again} />
  if (error) {
    const problem = problemOfJob(error)
    return <Problem problem={problem.code === "cancelled" ? problem : { ...problem, title }} onRetry={work.again} />
  }
  return ended ? <p className="lx-done" role="status">{done(ended)}</p> : null
}

interface RunningProps {
  work: Work
  live: LiveJob | undefined
  isStopping: boolean
  onStop: (() => void) | null
}

const STAGES = ["reading the pairs", "comparing layers and methods", "finding dose 1", "measuring"] as const

function stageOf(work: Work, words: string): number {
  if (work === "evaluate" || /held-out|random|samples|damages|keeping/.test(words)) return 3
  if (words.startsWith("comparing")) return 1
  return /rising doses|budget/.test(words) ? 2 : words.startsWith("reading") ? 0 : -1
}

/** Where the work stands, with a way to stop it. */
function Running({ work, live, isStopping, onStop }: RunningProps) {
  const words = isStopping ? "stopping" : stepInWords(live)
  const share = live && live.total > 0 ? (100 * live.done) / live.total : null
  const stage = stageOf(work, words)
  const left = leftInWords(live)
  return (
    <section className="card lx-work" aria-label="Extract and measure" data-running="true">
      <div className="grow">
        <strong>{work === "build" ? "Extracting and measuring" : "Measuring"}</strong>
        <div className="phasebar" role="progressbar" aria-label={words} aria-valuenow={share === null ? undefined : Math.round(share)}>
          <div className={share === null ? "track unknown" : "track"}><i style={share === null ? undefined : { width: `${share.toFixed(1)}%` }} /></div>
          <span className="small muted">{words}{left && ` · ${left}`} · you can leave this page, it goes on</span>
        </div>
        {work === "build" && (
          <ol className="lx-stages" aria-hidden="true">
            {STAGES.map((name, i) => <li key={name} data-state={i < stage ? "done" : i === stage ? "now" : "later"}>{name}</li>)}
          </ol>
        )}
      </div>
      <button type="button" className="button" disabled={isStopping || onStop === null} onClick={onStop ?? undefined}>Stop</button>
    </section>
  )
}
