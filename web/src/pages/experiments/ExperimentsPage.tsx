import { Link, useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { problemOf } from "../../client/problem"
import { EmptyState } from "../../ui/EmptyState"
import { ago, count } from "../../ui/format"
import { Problem } from "../../ui/Problem"
import { ExperimentDialog } from "./ExperimentDialog"
import "./experiments.css"
import { useExperimentActs, useExperimentList } from "./queries"

/** All experiments, newest first. */
export function ExperimentsPage() {
  const list = useExperimentList()
  const { create } = useExperimentActs()
  const navigate = useNavigate()
  const [isOpen, setOpen] = useState(false)
  const [now] = useState(Date.now)
  const begin = <button type="button" className="button primary" onClick={() => { setOpen(true) }}>New experiment</button>
  return (
    <div className="page">
      <div className="page-head">
        <h1>Experiments</h1>
        <span className="grow" />
        {(list.data?.length ?? 0) > 0 && begin}
      </div>
      {list.isError && <Problem problem={problemOf(list.error)} onRetry={() => void list.refetch()} />}
      {list.isPending && <div className="skeleton experiment-space" aria-busy="true" aria-label="Looking" />}
      {list.data?.length === 0 && (
        <EmptyState title="No experiment yet" action={begin}>
          An experiment asks one question of several sessions, such as “which sampler gets there in fewer rounds?”. Its sessions
          start with the same settings and differ in one thing; here you see them side by side.
        </EmptyState>
      )}
      <ul className="experiments">
        {list.data?.map((one) => (
          <li key={one.id}>
            <Link to="/experiments/$experimentId" params={{ experimentId: one.id }} className="card experiment-card">
              <strong>{one.name}</strong>
              <span className="soft">{one.description}</span>
              <span className="small muted">{count(one.sessions, "session")} · begun {ago(one.created_at, now)}</span>
            </Link>
          </li>
        ))}
      </ul>
      {isOpen && (
        <ExperimentDialog
          title="New experiment" act="Create" given={{ name: "", description: "", config: {} }} error={create.error} isBusy={create.isPending}
          onClose={() => { setOpen(false); create.reset() }}
          onSave={(text) => { create.mutate(text, { onSuccess: ({ id }) => void navigate({ to: "/experiments/$experimentId", params: { experimentId: id } }) }) }}
        />
      )}
    </div>
  )
}
