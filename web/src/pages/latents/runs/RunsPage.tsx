import { Link, useNavigate, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { useLatentRuns, usePictureSets, type LatentRun } from "../../../client/latents"
import { problemOf } from "../../../client/problem"
import { EmptyState } from "../../../ui/EmptyState"
import { ago, count } from "../../../ui/format"
import { Problem } from "../../../ui/Problem"
import { CancelButton } from "../shared/CancelButton"
import { DeleteRuns } from "../shared/DeleteRuns"
import { RunTable } from "../shared/RunTable"
import { useRunActs } from "../shared/useRunActs"
import { isOver, KINDS } from "../shared/words"
import { filterOf, type RunSearch } from "./filter"
import "./runs.css"

const STATE_WORDS: Record<NonNullable<RunSearch["state"]>, string> = { active: "training or waiting", completed: "complete", cancelled: "cancelled", failed: "failed" }

/** All runs, newest first: found again, put side by side, stopped, resumed, deleted. */
export function RunsPage() {
  const search = useSearch({ from: "/latents/runs" })
  const runs = useLatentRuns(filterOf(search))
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const [isDeleting, setDeleting] = useState(false)
  const found = runs.data?.pages.flatMap(({ items }) => items) ?? []
  const chosen = found.filter(({ id }) => ticked.has(id))
  const toggle = (id: string) => { setTicked((now) => { const next = new Set(now); if (!next.delete(id)) next.add(id); return next }) }
  const isFiltered = Object.keys(search).length > 0
  return (
    <div className="page runs">
      <div className="page-head">
        <div className="grow"><p className="small"><Link to="/latents">Latents</Link> / Runs</p><h1>Runs</h1></div>
        <Link to="/latents" className="button primary">New run</Link>
      </div>
      {(found.length > 0 || isFiltered) && <Filter search={search} />}
      {runs.isError && <Problem problem={problemOf(runs.error)} onRetry={() => void runs.refetch()} />}
      {runs.isPending && <div className="skeleton runs-space" aria-busy="true" aria-label="Looking" />}
      {runs.isSuccess && found.length === 0 && (isFiltered
        ? <EmptyState title="No run is like that" action={<Link to="/latents/runs" className="button">Show all</Link>}>Another state, kind or picture set may have some.</EmptyState>
        : <EmptyState title="No run yet" action={<Link to="/latents" className="button primary">Launch the first</Link>}>A run is one training with everything that it left: its losses, its drawings and its maps of each epoch, to be looked at again at any time.</EmptyState>)}
      {found.length > 0 && (
        <>
          <Chosen chosen={chosen} onDelete={() => { setDeleting(true) }} onNone={() => { setTicked(new Set()) }} />
          <RunTable runs={found} label="Runs" when={(iso) => ago(iso, Date.now())} chosen={ticked} onChoose={toggle} acts={(run) => <Acts run={run} />} />
        </>
      )}
      {runs.hasNextPage && <button type="button" className="button more" disabled={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>{runs.isFetchingNextPage ? "Looking…" : "Earlier runs"}</button>}
      {isDeleting && <DeleteRuns runs={chosen} onClose={() => { setDeleting(false) }} onDeleted={() => { setDeleting(false); setTicked(new Set()) }} />}
    </div>
  )
}

function Filter({ search }: { search: RunSearch }) {
  const navigate = useNavigate({ from: "/latents/runs" })
  const sets = usePictureSets().data ?? []
  const set = (name: keyof RunSearch, value: string) => { void navigate({ search: (before) => ({ ...before, [name]: value || undefined }) as RunSearch, replace: true }) }
  return (
    <div className="runs-filter" role="search" aria-label="Runs">
      <label><span>State</span>
        <select className="input" value={search.state ?? ""} onChange={(event) => { set("state", event.target.value) }}>
          <option value="">any</option>{Object.entries(STATE_WORDS).map(([value, word]) => <option key={value} value={value}>{word}</option>)}
        </select>
      </label>
      <label><span>Kind</span>
        <select className="input" value={search.kind ?? ""} onChange={(event) => { set("kind", event.target.value) }}>
          <option value="">any</option>{Object.entries(KINDS).map(([value, word]) => <option key={value} value={value}>{word}</option>)}
        </select>
      </label>
      <label><span>Pictures</span>
        <select className="input" value={search.data ?? ""} onChange={(event) => { set("data", event.target.value) }}>
          <option value="">any</option>{[...new Set([...sets.map(({ name }) => name), ...(search.data ? [search.data] : [])])].map((name) => <option key={name}>{name}</option>)}
        </select>
      </label>
    </div>
  )
}

/** What can be done with those that are ticked. */
function Chosen({ chosen, onDelete, onNone }: { chosen: LatentRun[]; onDelete: () => void; onNone: () => void }) {
  if (chosen.length === 0) return <p className="soft small runs-hint">Tick two runs to put them side by side.</p>
  const isBusy = chosen.some(({ state }) => !isOver(state))
  return (
    <div className="row wrap runs-hint" role="region" aria-label="Chosen runs">
      <strong className="small">{count(chosen.length, "run")} chosen</strong>
      {chosen.length === 2 ? <Link to="/latents/compare" search={{ runs: chosen.map(({ id }) => id).join(",") }} className="button primary">Compare</Link> : <span className="small soft">{chosen.length === 1 ? "One more to compare." : "Two can be compared."}</span>}
      <button type="button" className="button" disabled={isBusy} title={isBusy ? "Cancel what trains first." : undefined} onClick={onDelete}>Delete</button>
      <button type="button" className="button quiet" onClick={onNone}>None</button>
    </div>
  )
}

function Acts({ run }: { run: LatentRun }) {
  const { resume } = useRunActs()
  if (!isOver(run.state)) return <CancelButton key={run.state} run={run.id} />
  if (run.state === "completed") return null
  return (
    <>
      {resume.isError && <span className="field-error small" role="alert">{problemOf(resume.error).detail}</span>}
      <button type="button" className="button" disabled={resume.isPending} onClick={() => { resume.mutate(run.id) }}>Resume</button>
    </>
  )
}
