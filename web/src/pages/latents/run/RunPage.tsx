import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { Link, useNavigate, useParams } from "@tanstack/react-router"
import { useMemo, useState } from "react"
import type { Course } from "../../../client/latentCourse"
import { useCourse } from "../../../client/latentLog"
import { fileUrl, latentFile, latents, useLatentRun, type LatentFile, type LatentRunDetail } from "../../../client/latents"
import { problemOf } from "../../../client/problem"
import { CopyCode } from "../../../ui/CopyCode"
import { Download } from "../../../ui/icons"
import { Problem } from "../../../ui/Problem"
import { codeOf } from "../shared/code"
import { CancelButton } from "../shared/CancelButton"
import { DeleteRuns } from "../shared/DeleteRuns"
import { StateBadge } from "../shared/StateBadge"
import { useRunActs } from "../shared/useRunActs"
import { isOver, nameOf } from "../shared/words"
import { newestBy } from "./charts"
import { Components, samplesBy } from "./Components"
import { Curves, Heartbeat } from "./Curves"
import { Health, type HealthFile } from "./Health"
import { MapCard } from "./MapCard"
import "./run.css"
import { Files, Settings } from "./Settings"
import { Standing } from "./Standing"
import { Timeline } from "./Timeline"
import { useEpoch } from "./useEpoch"

/** A run: live while it trains, and again from its files at any time after. */
export function RunPage() {
  const { runId = "" } = useParams({ strict: false })
  const run = useLatentRun(runId)
  if (run.data) return <Run key={runId} run={run.data} />
  return (
    <div className="page narrow" aria-busy={run.isPending}>
      {run.isError && <Problem problem={problemOf(run.error)} onRetry={() => void run.refetch()} />}
      {run.isPending && <div className="skeleton run-space" />}
    </div>
  )
}

function Run({ run }: { run: LatentRunDetail }) {
  const { course, error, isLost } = useCourse(run.id)
  const { resume } = useRunActs()
  const epochs = useMemo(() => course.epochs.map(({ epoch }) => epoch), [course.epochs])
  const cursor = useEpoch(epochs)
  const training = run.config.training as Record<string, unknown>
  const state = course.seq > 0 ? course.state : run.state
  return (
    <div className="page latent-run" data-seq={course.seq}>
      <Head run={run} state={state} />
      {error !== null && !isLost && <Problem problem={problemOf(error)} />}
      {resume.isError && <Problem problem={problemOf(resume.error)} />}
      {course.seq > 0 && <Standing course={course} epochs={run.epochs} isLost={isLost} onResume={() => { resume.mutate(run.id) }} isResuming={resume.isPending} />}
      <Timeline cursor={cursor} epochs={run.epochs} pretrained={training.kind === "gmvae" ? Number(training.pretrain_epochs) : 0} isRunning={state === "running"} />
      {cursor.epoch === null && course.losses.length > 0 && <div className="card part"><Heartbeat losses={course.losses} epochs={run.epochs} at={null} /></div>}
      {cursor.epoch !== null && <Epoch run={run} course={course} epoch={cursor.epoch} />}
      {course.epochs.length > 0 && <Curves course={course} training={training} epochs={run.epochs} at={cursor.epoch} onPick={(x) => { cursor.go(x === cursor.last ? null : x) }} />}
      <div className="about">
        <Settings run={run} />
        {course.files.size > 0 && <Files run={run.id} files={[...course.files.values()]} />}
      </div>
    </div>
  )
}

function Head({ run, state }: { run: LatentRunDetail; state: string }) {
  const { resume } = useRunActs()
  const navigate = useNavigate()
  const [isDeleting, setDeleting] = useState(false)
  const to = { params: { runId: run.id } }
  const isReady = run.checkpoints.length > 0
  return (
    <header className="run-head">
      <p className="small"><Link to="/latents">Latents</Link> / <Link to="/latents/runs">Runs</Link> / <span className="mono muted">{run.id}</span></p>
      <div className="row wrap">
        <h1>{nameOf(run)}</h1>
        <StateBadge state={state} />
        <span className="grow" />
        {!isOver(state) && <CancelButton key={state} run={run.id} />}
        {state === "cancelled" && <button type="button" className="button" disabled={resume.isPending} onClick={() => { resume.mutate(run.id) }}>Resume</button>}
        {isReady && <Link to="/latents/runs/$runId/explore" {...to} className={`button ${isOver(state) ? "primary" : ""}`}>Explore</Link>}
        {isReady && <Link to="/latents/runs/$runId/network" {...to} className="button">Network</Link>}
        <Link to="/latents" search={{ clone: run.id }} className="button">Clone</Link>
        <CopyCode code={codeOf({ data: run.data, preset: run.kind === "ae" ? "ae" : "seed", training: turnedOf(run) })} note="The same settings and seed give the same weights on one machine." />
        <a className="button quiet icon" href={latents.exportUrl(run.id)} download title="All its files as one zip archive" aria-label="Export as a zip archive"><Download /></a>
        {isOver(state) && <button type="button" className="button quiet" onClick={() => { setDeleting(true) }}>Delete</button>}
      </div>
      {resume.isError && <Problem problem={problemOf(resume.error)} />}
      {isDeleting && <DeleteRuns runs={[run]} onClose={() => { setDeleting(false) }} onDeleted={() => void navigate({ to: "/latents/runs" })} />}
    </header>
  )
}

/** Knobs that stand otherwise than in the plain form, with the seed. */
function turnedOf(run: LatentRunDetail): Record<string, string | number | boolean> {
  const { seed } = run.config.training as { seed: number }
  return { ...Object.fromEntries(run.differences.map(({ field, value }) => [field, value])), ...(seed === 0 ? {} : { seed }) }
}

const NONE: LatentFile = { path: "", sha256: "", bytes: 0, schema: "", epoch: null }

function stageOf(course: Course, epoch: number): string | undefined {
  return course.epochs.find((row) => row.epoch === epoch)?.stage
}

/** What an epoch left: the map, pictures drawn again, and how the mixture is. */
function Epoch({ run, course, epoch }: { run: LatentRunDetail; course: Course; epoch: number }) {
  const file = course.files.get(`mixture/mixture_health_epoch_${String(epoch)}.json`)
  const read = useQuery({ ...latentFile<HealthFile>(run.id, file ?? NONE), enabled: file !== undefined, placeholderData: keepPreviousData })
  const health = read.data
  const samples = useMemo(() => samplesBy(course.files.values(), epoch), [course.files, epoch])
  const isMixture = run.kind === "gmvae"
  return (
    <>
      <div className="epoch">
        <MapCard run={run} course={course} epoch={epoch} health={isMixture ? health : undefined} />
        <Reconstructions run={run.id} course={course} epoch={epoch} />
        <div className="side">
          {course.losses.length > 0 && <div className="card part"><Heartbeat losses={course.losses} epochs={run.epochs} at={epoch} /></div>}
          {isMixture && (
            <section className="card part" aria-label="Health of the mixture">
              <h2>Health of the mixture</h2>
              {read.isError && <Problem problem={problemOf(read.error)} onRetry={() => void read.refetch()} />}
              {health ? <Health run={run.id} health={health} isPretrained={stageOf(course, epoch) === "pretrain"} /> : !read.isError && <p className="soft small">{file ? "Reading it…" : "It is told after each epoch."}</p>}
            </section>
          )}
        </div>
      </div>
      {health && samples.size > 0 && (
        <section className="card part" aria-label="What each component draws">
          <h2>What each component draws</h2>
          <p className="soft small">Pictures drawn from each Gaussian of the mixture, and the share of the map’s pictures that it answers for.</p>
          <Components run={run.id} health={health} samples={samples} />
        </section>
      )}
    </>
  )
}

function Reconstructions({ run, course, epoch }: { run: string; course: Course; epoch: number }) {
  const path = (one: number) => `samples/reconstructions_epoch_${String(one)}.png`
  const at = newestBy(course.epochs.flatMap((row) => (course.files.has(path(row.epoch)) ? [row.epoch] : [])), epoch)
  const file = at === null ? undefined : course.files.get(path(at))
  return (
    <section className="card part" aria-label="Reconstructions">
      <h2>Reconstructions</h2>
      <p className="soft small">Pairs: above a picture{"\u00a0"}that it never learned from, below what it draws from its few numbers.</p>
      {file && <img className="sprite recon" src={fileUrl(run, file.path, file.sha256)} alt={`Held-out pictures above their reconstructions after epoch ${String(at)}`} />}
    </section>
  )
}
