import { Link, useNavigate, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { problemOf } from "../../client/problem"
import type { TasteProfile, TasteSettings, TasteSummary } from "../../client/types"
import { EmptyState } from "../../ui/EmptyState"
import { count, percent } from "../../ui/format"
import { Problem } from "../../ui/Problem"
import { Thumb } from "../../ui/Thumb"
import { AxisRow } from "./AxisRow"
import { useBeginWith } from "./useBeginWith"
import { useTaste, useTastes } from "./useTaste"
import { tellersInWords } from "./words"
import "./taste.css"

/** What earlier sessions tell of the next one: seen, corrected, and taken along by choice. */
export function TastePage() {
  const { space: wanted } = useSearch({ from: "/taste" })
  const tastes = useTastes()
  const space = wanted ?? tastes.data?.[0]?.space
  return (
    <div className="page narrow taste">
      <div className="page-head"><h1>Your taste</h1></div>
      {tastes.error && <Problem problem={problemOf(tastes.error)} onRetry={() => void tastes.refetch()} />}
      {tastes.data && tastes.data.length > 1 && <Spaces all={tastes.data} space={space} />}
      {space === undefined && tastes.isSuccess && (
        <EmptyState title="I don’t know your taste yet" action={<Link to="/new" className="button primary">New session</Link>}>
          Each session that you answer tells a little of what you like. Here it comes together, for you to see and correct; a new session takes it only if you say so.
        </EmptyState>
      )}
      {space !== undefined && <Profile key={space} space={space} />}
    </div>
  )
}

/** One profile a space: coordinates of different prompts or axes mean different things. */
function Spaces({ all, space }: { all: TasteSummary[]; space: string | undefined }) {
  const navigate = useNavigate({ from: "/taste" })
  return (
    <label className="field">
      <span className="label">Taste in</span>
      <select className="input" value={space} onChange={({ target }) => { void navigate({ search: { space: target.value } }) }}>
        {all.map((one) => <option key={one.space} value={one.space}>“{one.prompt}” · {one.axes.slice(0, 3).join(", ")}{one.axes.length > 3 && "…"} · {count(one.sessions, "session")}</option>)}
      </select>
    </label>
  )
}

function Profile({ space }: { space: string }) {
  const { profile, edit } = useTaste(space)
  if (profile.error) return <Problem problem={problemOf(profile.error)} onRetry={() => void profile.refetch()} />
  if (!profile.data) return <div className="skeleton" style={{ height: 320 }} />
  const told = profile.data
  const change = (changes: Partial<TasteSettings>) => { edit.mutate({ ...told.settings, ...changes }) }
  return (
    <>
      <p className="soft">“{told.prompt}” · {told.model}. {tellersInWords(told)}</p>
      {edit.error && <Problem problem={problemOf(edit.error)} />}
      <section className="column">
        <h2>What I expect of your next session</h2>
        <p className="field-hint">Dark: half of all sessions, light: nine in ten. Ticks: where each session so far pointed. The line in the middle is your prompt as it is.</p>
        <Axes told={told} change={change} />
      </section>
      <Weight key={told.settings.weight} weight={told.settings.weight ?? 1} onWeight={(weight) => { change({ weight }) }} />
      <Sessions told={told} change={change} />
      <Begin told={told} />
    </>
  )
}

interface Editing {
  told: TasteProfile
  change: (changes: Partial<TasteSettings>) => void
}

function Axes({ told, change }: Editing) {
  const own = told.settings.axes ?? {}
  return (
    <ul className="taste-axes">
      {told.axes.map((one, i) => (
        <AxisRow
          key={one.axis.name} one={one} radius={told.radius} pointed={told.sessions.flatMap(({ counts, ideal }) => (counts ? [ideal[i] ?? null] : []))}
          onOpinion={(opinion) => {
            const { [one.axis.name]: before, ...rest } = own
            void before
            change({ axes: opinion === undefined ? rest : { ...rest, [one.axis.name]: opinion } })
          }}
        />
      ))}
    </ul>
  )
}

function Weight({ weight, onWeight }: { weight: number; onWeight: (weight: number) => void }) {
  const [at, setAt] = useState(weight)
  const settle = () => { if (at !== weight) onWeight(at) }
  return (
    <section className="column">
      <h2>How much it counts</h2>
      <div className="taste-weight">
        <input
          type="range" min="0" max="1" step="0.05" value={at} aria-label="How much your taste counts" aria-valuetext={percent(at)}
          onChange={({ target }) => { setAt(Number(target.value)) }} onPointerUp={settle} onKeyUp={settle} onBlur={settle}
        />
        <span className="val">{at === 0 ? "not at all" : percent(at)}</span>
      </div>
    </section>
  )
}

function Sessions({ told: { sessions, settings }, change }: Editing) {
  const excluded = settings.excluded ?? []
  return (
    <section className="column">
      <h2>Who tells it</h2>
      <ul className="taste-sessions">
        {sessions.map((one) => {
          const isOut = excluded.includes(one.id)
          return (
            <li key={one.id} className="card" data-counts={one.counts}>
              <Link to="/sessions/$sessionId" params={{ sessionId: one.id }} aria-label={one.name}><Thumb artifact={one.artifact} alt="" /></Link>
              <label>
                <input type="checkbox" checked={one.counts} disabled={!one.counts && !isOut} onChange={() => { change({ excluded: isOut ? excluded.filter((id) => id !== one.id) : [...excluded, one.id] }) }} />
                <span>{one.name} <span className="muted">{count(one.answers, "answer")}{one.why && `; ${one.why}`}</span></span>
              </label>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function Begin({ told }: { told: TasteProfile }) {
  const begin = useBeginWith(told)
  return (
    <>
      {begin.error && <Problem problem={problemOf(begin.error)} />}
      <div className="row wrap">
        <button type="button" className="button primary" disabled={begin.isPending} onClick={begin.begin}>{begin.isPending ? "Starting…" : "Start a session from this taste"}</button>
        <span className="small muted">It keeps what holds now, by value: later edits change no session that has begun.</span>
      </div>
    </>
  )
}
