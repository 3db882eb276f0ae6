import type { Course } from "../../../client/latentCourse"
import { Problem } from "../../../ui/Problem"
import { problemOfJob } from "../../../client/problem"
import { brief, duration } from "../shared/words"

interface StandingProps {
  course: Course
  epochs: number
  isLost: boolean
  onResume: () => void
  isResuming: boolean
}

/** Where a run stands: a sentence and a bar while it trains, the reason if it failed. */
export function Standing({ course, epochs, isLost, onResume, isResuming }: StandingProps) {
  const { state, progress } = course
  if (state === "failed") {
    const problem = { ...problemOfJob(course.error ?? {}), title: "The training failed", kind: "device" as const }
    const safe = course.epochs.length > 0 ? " What it wrote before is kept." : ""
    const detail = `${problem.detail.charAt(0).toUpperCase()}${problem.detail.slice(1)}${safe}`
    return <Problem problem={{ ...problem, detail }} onRetry={onResume} retryLabel={isResuming ? "Resuming…" : "Resume"} />
  }
  if (state === "created") return <p className="run-standing" role="status">It waits to begin: one run trains at a time. This page follows by itself.</p>
  if (state !== "running") return <p className="run-standing">{endInWords(course, epochs)}</p>
  const done = progress === null ? 0 : (progress.epoch - 1 + progress.batch / progress.batches) / progress.epochs
  return (
    <div className="run-standing">
      <div className="bar" role="progressbar" aria-label="Training" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(100 * done)}><i style={{ width: `${String(100 * done)}%` }} /></div>
      <p>
        {isLost && <strong className="lost-words">Not live: the connection is lost. </strong>}
        {progress === null ? "Starting the process that trains…" : (
          <>
            Epoch <b>{progress.epoch}</b> of {progress.epochs}{progress.stage === "pretrain" && " (learning to draw)"} · batch <b className="batch">{progress.batch}</b> of {progress.batches} · loss <b className="loss">{brief(progress.loss)}</b>
            <span className="soft">{leftInWords(course, done)}{mapsInWords(course)}</span>
          </>
        )}
      </p>
    </div>
  )
}

/** By how long its epochs took, if two are known. */
function leftInWords({ epochs, progress }: Course, done: number): string {
  if (progress === null || epochs.length < 2) return ""
  const recent = epochs.slice(-3)
  const each = recent.reduce((sum, { seconds }) => sum + seconds, 0) / recent.length
  const left = each * progress.epochs * (1 - done)
  return left < 1 ? "" : ` · ${duration(each)} an epoch, about ${duration(left)} left`
}

function mapsInWords({ maps: { done, due } }: Course): string {
  return due - done > 1 ? ` · ${String(due - done)} maps are still being drawn` : ""
}

const CHECKPOINT = /^checkpoints\/.*\.safetensors$/

/** What came of a run that is over, and what Resume would do with it. */
export function endInWords({ state, epochs, files, begunAt, endedAt, resumed }: Course, planned: number): string {
  const took = begunAt && endedAt && resumed === 0 ? ` in ${duration((Date.parse(endedAt) - Date.parse(begunAt)) / 1000)}, maps and all` : ""
  const again = resumed > 0 ? `, resumed ${resumed === 1 ? "once" : `${String(resumed)} times`}` : ""
  const last = epochs.at(-1)?.epoch ?? 0
  if (state === "completed") return `All ${String(planned)} epochs${took}${again}. Everything here is read from its files.`
  const kept = [...files.keys()].some((path) => CHECKPOINT.test(path))
  return `Stopped after epoch ${String(last)} of ${String(planned)}${again}. ${kept ? "Resume goes on from its last checkpoint." : "Resume begins it again."}`
}
