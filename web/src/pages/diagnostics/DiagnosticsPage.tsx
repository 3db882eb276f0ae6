import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useSearch } from "@tanstack/react-router"
import { useEffect, useState } from "react"
import { useLab } from "../../client/context"
import { problemOf, problemOfJob } from "../../client/problem"
import { keys, useDiagnostics, useJob, useLive, useModels } from "../../client/queries"
import type { Diagnostics } from "../../client/types"
import { CopyButton } from "../../ui/CopyButton"
import { ago, seconds } from "../../ui/format"
import { PhaseBar } from "../../ui/PhaseBar"
import { Problem } from "../../ui/Problem"
import { AsMade } from "./AsMade"
import "./diagnostics.css"
import { Doctor, History, MemoryCard } from "./sections"
import { Card, Fact } from "./parts"
import { clock, deviceInWords, measuredInWords, orUnknown, queueInWords, sentenceOf, short, stateInWords } from "./words"

/** What makes the pictures, where, how warm and how quick; nothing guessed. */
export function DiagnosticsPage() {
  const { data, error, isError, refetch } = useDiagnostics()
  return (
    <div className="page diagnostics">
      <h1 className="hidden-visually">Diagnostics</h1>
      {isError && <Problem problem={problemOf(error)} onRetry={() => void refetch()} />}
      {data ? <Details seen={data} /> : !isError && <Waiting />}
    </div>
  )
}

function Waiting() {
  return (
    <div aria-busy="true" aria-label="Looking">
      <div className="skeleton sentence-space" />
      <div className="fact-cards">
        {[1, 2, 3, 4].map((card) => <div key={card} className="skeleton card-space" />)}
      </div>
    </div>
  )
}

function Details({ seen }: { seen: Diagnostics }) {
  const now = useNow()
  const { session, round, take } = useSearch({ from: "/diagnostics" })
  return (
    <>
      {session !== undefined && round !== undefined && <AsMade meant={{ session, round, ...(take === undefined ? {} : { take }) }} seen={seen} now={now} />}
      <p className="sentence" aria-live="polite">
        <span className={`dot ${toneOf(seen)}`} aria-hidden="true" />
        {sentenceOf(seen, now)}
      </p>
      <div className="row wrap actions">
        <WarmUp seen={seen} />
        <CopyButton text={JSON.stringify(seen, null, 2)}>Copy all as JSON</CopyButton>
        <span className="small muted">Looks again by itself.</span>
      </div>
      <History history={seen.history} now={now} />
      <div className="fact-cards">
        <DeviceCard device={seen.device} />
        <MemoryCard memory={seen.memory} preload={seen.preload} />
        <ModelCard model={seen.model} now={now} />
        {seen.workers.filter(({ alive }) => alive).flatMap(({ id, languages }) => languages.map((one) => <LanguageCard key={`${id} ${one.ref}`} model={one} />))}
        <TimingsCard timings={seen.timings} />
        <WorkersCard workers={seen.workers} queue={seen.queue} now={now} />
        <VersionsCard seen={seen} />
        <HomeCard seen={seen} />
      </div>
      <Doctor />
    </>
  )
}

function toneOf({ model, workers }: Diagnostics): string {
  if (!workers.some(({ alive }) => alive) || model?.state === "failed") return "bad"
  return model?.state === "warm" ? "good" : model?.state === "loading" ? "warn" : ""
}

const MINUTE = 60_000

function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => { setNow(Date.now()) }, MINUTE / 4)
    return () => { clearInterval(timer) }
  }, [])
  return now
}

/** Loads the model ahead, so that the first round is as quick as the others. */
function WarmUp({ seen }: { seen: Diagnostics }) {
  const lab = useLab()
  const cache = useQueryClient()
  const models = useModels()
  const ref = seen.model?.ref ?? models.data?.[0]?.ref
  const warm = useMutation({
    mutationFn: (model: string) => lab.warm(model),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.diagnostics }),
  })
  const job = useJob(warm.data?.id)
  const live = useLive(warm.data?.id)
  const state = job.data?.state ?? warm.data?.state
  const isRunning = warm.isPending || state === "queued" || state === "running"
  const isWarm = seen.model?.state === "warm"
  const failure = warm.error ? problemOf(warm.error) : job.data?.error ? problemOfJob(job.data.error) : null
  const start = () => { if (ref !== undefined) warm.mutate(ref) }
  return (
    <>
      <button
        type="button" className={isWarm ? "button" : "button primary"} disabled={ref === undefined || isRunning || isWarm} onClick={start}
        title={isWarm ? "It is warm already" : "Load the model now, so that the first round is quick"}
      >
        {isRunning ? "Warming up…" : isWarm ? "Warm" : "Warm up"}
      </button>
      {isRunning && <div className="warming"><PhaseBar live={live} /></div>}
      {failure && <div className="whole"><Problem problem={failure} onRetry={start} /></div>}
    </>
  )
}

function DeviceCard({ device }: { device: Diagnostics["device"] }) {
  return (
    <Card title="Device">
      <dl>
        <Fact name="In use" value={deviceInWords(device.active)} note="what the model really runs on" />
        <Fact name="Asked for" value={deviceInWords(device.configured)} note="in your settings" />
        <Fact name="Came to" value={deviceInWords(device.requested)} note="what the worker was started with" />
        <Fact name="Numbers" value={orUnknown(device.dtype)} mono note="the format it calculates in" />
      </dl>
    </Card>
  )
}

function ModelCard({ model, now }: { model: Diagnostics["model"]; now: number }) {
  if (model === null)
    return (
      <Card title="Model">
        <p className="soft">No model is loaded yet. Warm it up, or start a round: it is then loaded by itself.</p>
      </Card>
    )
  const { fingerprint, path, warm_since } = model
  return (
    <Card title="Model">
      <dl>
        <Fact name="Name" value={model.name} note={model.ref} />
        <Fact name="Family" value={orUnknown(model.family)} note="which adapter runs it" />
        <Fact
          name="State" value={stateInWords(model.state)}
          note={warm_since ? `since ${clock(warm_since, now)}, ${ago(warm_since, now)}` : (model.error ?? undefined)}
        />
        <Fact
          name="Fingerprint" value={fingerprint ? short(fingerprint) : orUnknown(null)} mono copy={fingerprint ?? undefined}
          note="two models with the same one are the same, byte for byte"
        />
        <Fact name="Path" value={orUnknown(path)} mono copy={path ?? undefined} />
      </dl>
    </Card>
  )
}

function LanguageCard({ model }: { model: Diagnostics["workers"][number]["languages"][number] }) {
  const { fingerprint, path } = model
  return (
    <Card title="Language model">
      <dl>
        <Fact name="Name" value={model.name} note={model.ref} />
        <Fact name="Family" value={model.family} note={`${orUnknown(model.n_layers)} layers, ${orUnknown(model.context)} tokens of context`} />
        <Fact name="Runs on" value={deviceInWords(model.device ?? null)} note={[model.dtype, model.size_mb && `${String(Math.round(model.size_mb))} MB`].filter(Boolean).join(", ")} />
        <Fact name="Loading took" value={seconds(model.load_ms ?? null)} note="converting included, where that was needed" />
        <Fact
          name="Fingerprint" value={fingerprint ? short(fingerprint) : orUnknown(null)} mono copy={fingerprint ?? undefined}
          note="vectors fit the model of one fingerprint alone"
        />
        <Fact name="Path" value={orUnknown(path)} mono copy={path ?? undefined} />
      </dl>
    </Card>
  )
}

function TimingsCard({ timings }: { timings: Diagnostics["timings"] }) {
  return (
    <Card title="How quick">
      <dl>
        <Fact name="Warm round" value={seconds(timings.warm_round_median_ms)} note={measuredInWords(timings.rounds_measured)} />
        <Fact name="Last round" value={seconds(timings.last_round_ms)} note="making and keeping its pictures" />
        <Fact name="Cold start" value={seconds(timings.cold_load_ms)} note="loading the model, the last time" />
      </dl>
    </Card>
  )
}

interface WorkersCardProps {
  workers: Diagnostics["workers"]
  queue: Diagnostics["queue"]
  now: number
}

function WorkersCard({ workers, queue, now }: WorkersCardProps) {
  const living = workers.filter(({ alive }) => alive)
  const shown = living.length > 0 ? living : workers.slice(0, 1)
  return (
    <Card title={shown.length > 1 ? "Workers and queue" : "Worker and queue"}>
      {shown.length === 0 && <p className="soft">No worker has started yet, so new pictures wait.</p>}
      {shown.map((worker) => (
        <dl key={worker.id}>
          <Fact
            name={worker.id} value={worker.alive ? "at work" : "gone"}
            note={worker.alive ? `started ${ago(worker.started_at, now)}` : `last heard of ${ago(worker.beat_at, now)}`}
          />
          <Fact name="Process" value={String(worker.pid)} mono note={worker.threads === null ? undefined : `${String(worker.threads)} calculating ${worker.threads === 1 ? "thread" : "threads"}`} />
        </dl>
      ))}
      <p className="soft queue">{queueInWords(queue)}</p>
    </Card>
  )
}

function VersionsCard({ seen }: { seen: Diagnostics }) {
  const all = [...Object.entries(seen.versions), ["python", seen.python] as const]
  return (
    <Card title="Versions">
      <table className="versions">
        <thead className="hidden-visually"><tr><th scope="col">Package</th><th scope="col">Version</th></tr></thead>
        <tbody>
          {all.map(([name, version]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className={version === null ? "muted" : "mono"}>{version ?? "not installed"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  )
}

function HomeCard({ seen }: { seen: Diagnostics }) {
  return (
    <Card title="Where things are kept" wide>
      <dl>
        <Fact name="Home" value={seen.home} mono copy={seen.home} note="pictures, sessions, settings" />
        <Fact name="Database" value={seen.database} mono copy={seen.database} />
        <Fact name="Events" value={seen.events.toLocaleString("en")} note="written down so far" />
        <Fact name="System" value={seen.platform} mono note={seen.mode === "app" ? "app and worker on one computer" : seen.mode} />
      </dl>
    </Card>
  )
}
