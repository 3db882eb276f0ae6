import { Link, useParams } from "@tanstack/react-router"
import { useState } from "react"
import { problemOf } from "../../client/problem"
import type { Experiment } from "../../client/types"
import { EmptyState } from "../../ui/EmptyState"
import { count } from "../../ui/format"
import { Problem } from "../../ui/Problem"
import { SettingsFile } from "../SettingsFile"
import { DeleteExperiment } from "../trash/DeleteExperiment"
import { useTrashActs } from "../trash/useTrash"
import { ExperimentDialog } from "./ExperimentDialog"
import "./experiments.css"
import { useExperiment, useExperimentActs, useMembers } from "./queries"
import { RunDialog } from "./RunDialog"
import { SessionTable } from "./SessionTable"

/** One experiment: what it asks, what its sessions start with, and the sessions. */
export function ExperimentPage() {
  const { experimentId } = useParams({ from: "/experiments/$experimentId" })
  const experiment = useExperiment(experimentId)
  if (experiment.data?.deleted_at) return <Deleted experiment={experiment.data} />
  if (experiment.data) return <Opened key={experimentId} experiment={experiment.data} />
  return (
    <div className="page" aria-busy={experiment.isPending}>
      {experiment.isError && <Problem problem={problemOf(experiment.error)} onRetry={() => void experiment.refetch()} />}
    </div>
  )
}

function Deleted({ experiment: { id, name } }: { experiment: Experiment }) {
  const { restoreExperiment } = useTrashActs()
  return (
    <div className="page experiment">
      <p className="small"><Link to="/experiments">Experiments</Link></p>
      <div className="page-head"><h1>{name}</h1></div>
      {restoreExperiment.error && <Problem problem={problemOf(restoreExperiment.error)} />}
      <EmptyState
        title="It is in the trash"
        action={<button type="button" className="button" disabled={restoreExperiment.isPending} onClick={() => { restoreExperiment.mutate(id) }}>Restore</button>}
      >
        For 7 days it can be restored, here or from <Link to="/trash">the trash</Link>, with the sessions that went with it.
      </EmptyState>
    </div>
  )
}

function Opened({ experiment }: { experiment: Experiment }) {
  const { id, name, description, config } = experiment
  const members = useMembers(id)
  const { change } = useExperimentActs()
  const [asked, setAsked] = useState<"run" | "edit" | "delete" | null>(null)
  const close = () => { setAsked(null); change.reset() }
  const sessions = members.data ?? []
  const hasBase = Object.keys(config).length > 0
  const run = <button type="button" className="button primary" onClick={() => { setAsked("run") }}>New session in it</button>
  return (
    <div className="page experiment">
      <p className="small"><Link to="/experiments">Experiments</Link></p>
      <div className="page-head">
        <h1>{name}</h1>
        <span className="grow" />
        <button type="button" className="button" onClick={() => { setAsked("edit") }}>Edit</button>
        <button type="button" className="button" onClick={() => { setAsked("delete") }}>Delete</button>
        {hasBase && <SettingsFile source={config} name={name} />}
        {sessions.length > 0 && run}
      </div>
      {description && <p className="soft asks">{description}</p>}
      {!hasBase && <p className="small muted asks">It has no settings of its own: each session says its own. <button type="button" className="link" onClick={() => { setAsked("edit") }}>Give it some</button></p>}
      {members.isError && <Problem problem={problemOf(members.error)} onRetry={() => void members.refetch()} />}
      {members.isPending && <div className="skeleton experiment-space" aria-busy="true" aria-label="Looking" />}
      {members.isSuccess && sessions.length === 0 && (
        <EmptyState title="No session in it yet" action={run}>
          Start one here, then the same with another seed or sampler; or tick sessions in <Link to="/images">the list</Link> and put them in.
        </EmptyState>
      )}
      {sessions.length > 0 && <SessionTable sessions={sessions} experimentId={id} />}
      {experiment.sessions > sessions.length && sessions.length > 0 && (
        <p className="small muted">The newest {sessions.length} of {count(experiment.sessions, "session")}. <Link to="/images" search={{ experiment: id }}>All of them in the list</Link></p>
      )}
      {asked === "run" && <RunDialog source={config} experimentId={id} title="New session in the experiment" onClose={close} />}
      {asked === "delete" && <DeleteExperiment experimentId={id} onClose={close} />}
      {asked === "edit" && (
        <ExperimentDialog
          title="Edit the experiment" act="Save" given={{ name, description, config }} error={change.error} isBusy={change.isPending} onClose={close}
          onSave={(text) => { change.mutate({ id, text }, { onSuccess: close }) }}
        />
      )}
    </div>
  )
}
