import { Link, useSearch } from "@tanstack/react-router"
import { Fragment } from "react"
import { Series } from "../../charts/Series"
import { problemOf } from "../../client/problem"
import type { ComparedSession } from "../../client/types"
import { EmptyState } from "../../ui/EmptyState"
import { count } from "../../ui/format"
import { Cross } from "../../ui/icons"
import { Problem } from "../../ui/Problem"
import { Thumb } from "../../ui/Thumb"
import { SettingsFile } from "../SettingsFile"
import { differencesOf } from "./differences"
import "./experiments.css"
import { FIGURES, gainInOneLine, gainLines, NOT_KNOWN } from "./figures"
import { useComparison } from "./queries"

/** Sessions side by side: what they were started with, what they came to, their pictures. */
export function ComparePage() {
  const { sessions: text = "" } = useSearch({ from: "/compare" })
  const ids = [...new Set(text.split(",").filter(Boolean))]
  const compared = useComparison(ids)
  return (
    <div className="page">
      <div className="page-head">
        <h1>Sessions side by side</h1>
        <span className="grow" />
        <Link to="/images" className="button">Choose others</Link>
      </div>
      {compared.isError && <Problem problem={problemOf(compared.error)} onRetry={() => void compared.refetch()} />}
      {ids.length === 0 && (
        <EmptyState title="Nothing to compare yet" action={<Link to="/images" className="button primary">Choose sessions</Link>}>
          Tick two or more sessions in the list, then press Compare. Here you then see where their settings differ, and what each came to.
        </EmptyState>
      )}
      {compared.isPending && ids.length > 0 && <div className="skeleton compare-space" aria-busy="true" aria-label="Comparing" />}
      {compared.data && <Side sessions={compared.data} />}
    </div>
  )
}

function Side({ sessions }: { sessions: ComparedSession[] }) {
  const { differ, same } = differencesOf(sessions.map(({ config }) => config))
  const lines = gainLines(sessions)
  return (
    <>
      <div className="compare" tabIndex={0} role="region" aria-label="The comparison">
        <table>
          <thead>
            <tr>
              <td />
              {sessions.map((session) => <th key={session.id} scope="col"><Head session={session} all={sessions} /></th>)}
            </tr>
          </thead>
          <tbody>
            <tr className="part"><th scope="rowgroup" colSpan={sessions.length + 1}>{settingsInWords(sessions.length, differ.length, same)}</th></tr>
            {differ.map(({ name, cells }) => (
              <tr key={name} className="differs">
                <th scope="row" className="mono">{name.split(".").map((part, i) => <Fragment key={i}>{i > 0 && <>.<wbr /></>}{part}</Fragment>)}</th>
                {cells.map((cell, index) => <td key={index}>{cell === "" ? <span className="muted">–</span> : cell}</td>)}
              </tr>
            ))}
          </tbody>
          <tbody>
            <tr className="part"><th scope="rowgroup" colSpan={sessions.length + 1}>What each came to</th></tr>
            {FIGURES.map(({ name, means, of }) => (
              <tr key={name}>
                <th scope="row" title={means}>{name}</th>
                {sessions.map(({ id, figures }) => {
                  const { value, rests } = of(figures)
                  return <td key={id} className={value === NOT_KNOWN ? "muted" : undefined}>{value}{rests && <small>{rests}</small>}</td>
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Series
        title="What another round would gain" reading={gainInOneLine(lines)} lines={lines} over="round" file="expected-gain"
        placeInWords={(round) => `round ${String(round)}`} valueInWords={(gain) => gain.toFixed(2)}
      />
    </>
  )
}

function settingsInWords(sessions: number, differ: number, same: number): string {
  if (sessions < 2) return "Settings: choose another session to see what differs"
  return differ === 0 ? `All ${String(same)} settings are the same` : `Where their settings differ; ${String(same)} are the same`
}

function Head({ session, all }: { session: ComparedSession; all: ComparedSession[] }) {
  const others = all.filter(({ id }) => id !== session.id).map(({ id }) => id).join(",")
  return (
    <div className="compare-head">
      <Link to="/sessions/$sessionId" params={{ sessionId: session.id }}>
        <Thumb model={session.model} artifact={session.artifact} alt={`${session.state === "completed" ? "Final picture" : "Best so far"} of “${session.name}”`} />
        <span className="name">{session.name}</span>
      </Link>
      <span className="small muted">{session.state === "completed" ? "final" : session.artifact === null ? "nothing chosen yet" : "best so far"} · {count(session.figures.rounds, "round")}</span>
      <div className="row wrap">
        <SettingsFile source={session.id} name={session.name}>YAML</SettingsFile>
        <Link to="/compare" search={{ sessions: others }} replace className="button quiet icon" aria-label={`Leave “${session.name}” out`}><Cross size={15} /></Link>
      </div>
    </div>
  )
}
