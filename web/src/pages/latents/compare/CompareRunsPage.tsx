import { useNavigate, useSearch } from "@tanstack/react-router"
import { useLatentRun, useLatentRuns } from "../../../client/latents"
import { problemOf } from "../../../client/problem"
import { EmptyState } from "../../../ui/EmptyState"
import { Problem } from "../../../ui/Problem"
import { nameOf, shortId } from "../shared/words"
import { Sides } from "./Sides"
import "../explore/explore.css"
import "./compare.css"

/** Two runs on the same pictures. */
export function CompareRunsPage() {
  const { runs = "" } = useSearch({ from: "/latents/compare" })
  const [a = "", b = ""] = runs.split(",")
  const navigate = useNavigate()
  const choose = (ids: [string, string]) => { void navigate({ to: "/latents/compare", search: { runs: ids.join(",") }, replace: true }) }
  return (
    <div className="page atlas-page">
      <div className="page-head">
        <h1 className="grow">Two runs side by side</h1>
        <RunChoice name="A" value={a} other={b} onChange={(id) => { choose([id, b]) }} />
        <RunChoice name="B" value={b} other={a} onChange={(id) => { choose([a, id]) }} />
      </div>
      {a && b ? <Both key={`${a} ${b}`} a={a} b={b} /> : (
        <EmptyState title="Choose two runs">Their maps lie side by side: what you choose on one is shown on the other, picture by picture. Runs on the same set show the same pictures.</EmptyState>
      )}
    </div>
  )
}

function RunChoice({ name, value, other, onChange }: { name: string; value: string; other: string; onChange: (id: string) => void }) {
  const runs = useLatentRuns().data?.pages.flatMap(({ items }) => items) ?? []
  const isListed = runs.some(({ id }) => id === value)
  return (
    <label className="compare-choice"><b>{name}</b>
      <select className="input" aria-label={`Run ${name}`} value={value} onChange={(event) => { onChange(event.target.value) }}>
        <option value="" disabled>choose a run</option>
        {!isListed && value && <option value={value}>{shortId(value)}</option>}
        {runs.map((run) => <option key={run.id} value={run.id} disabled={run.id === other}>{nameOf(run)} · {shortId(run.id)}</option>)}
      </select>
    </label>
  )
}

function Both({ a, b }: { a: string; b: string }) {
  const [one, two] = [useLatentRun(a), useLatentRun(b)]
  const failed = [one, two].find(({ isError }) => isError)
  return (
    <>
      {failed && <Problem problem={problemOf(failed.error)} onRetry={() => void failed.refetch()} />}
      {one.data && two.data ? <Sides a={one.data} b={two.data} /> : !failed && <div className="skeleton compare-wait" aria-busy="true" aria-label="Reading the runs" />}
    </>
  )
}
