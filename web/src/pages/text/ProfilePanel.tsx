import { useState } from "react"
import type { AxisView, Doses } from "../../client/language"
import { problemOf } from "../../client/problem"
import { Problem } from "../../ui/Problem"
import { Uncertain } from "../../ui/Uncertain"
import { doseInWords, isReady } from "./doses"
import { toldDoses, whyInWords } from "./learned"
import type { Profiles } from "./useProfile"

interface ProfilePanelProps {
  profiles: Profiles
  id: string | null
  onPick: (id: string | null) => void
  axes: AxisView[]
  /** What was set by hand over the profile. */
  hand: Doses
  onKept: () => void
}

/** Whose doses the sliders begin from, what it believes and why, and whether it may learn. */
export function ProfilePanel({ profiles, id, onPick, axes, hand, onKept }: ProfilePanelProps) {
  const { all, profile, create, record } = profiles
  const told = profile.data
  const make = () => {
    const name = `Profile ${String((all.data?.length ?? 0) + 1)}`
    create.mutate({ name, axes: axes.filter(isReady).map((one) => one.name) }, { onSuccess: (made) => { onPick(made.id) } })
  }
  return (
    <div className="profile-pick column">
      <div className="row">
        <select className="input grow" aria-label="Doses from" value={id ?? ""} onChange={({ target }) => { onPick(target.value === "" ? null : target.value) }}>
          <option value="">Doses by hand alone</option>
          {all.data?.map((one) => <option key={one.id} value={one.id}>{one.name || "Profile without a name"}</option>)}
        </select>
        <button type="button" className="button" disabled={create.isPending} onClick={make}>New profile</button>
      </div>
      {[all.error, profile.error, create.error, record.error].map((error) => error && <Problem key={error.message} problem={problemOf(error)} />)}
      {told && (
        <>
          <label className="row small">
            <input type="checkbox" checked={told.consent} onChange={({ target }) => { record.mutate([{ kind: "consent", given: target.checked }]) }} />
            Learn from my thumbs
          </label>
          {Object.keys(hand).length > 0 && (
            <button type="button" className="button" disabled={record.isPending} onClick={() => { record.mutate([{ kind: "doses_set", doses: toldDoses(hand) }], { onSuccess: onKept }) }}>
              Keep these doses in the profile
            </button>
          )}
          <Believed profile={told} axes={axes} onForget={() => { record.mutate([{ kind: "reset", what: "all" }]) }} />
        </>
      )}
    </div>
  )
}

function Believed({ profile, axes, onForget }: { profile: NonNullable<Profiles["profile"]["data"]>; axes: AxisView[]; onForget: () => void }) {
  const [isSure, setSure] = useState(false)
  if (profile.active.length === 0) return <p className="field-hint">It knows nothing of you yet: keep doses in it, compare texts under Calibrate, or let it learn from your thumbs.</p>
  return (
    <details className="believed">
      <summary>What it believes, and why</summary>
      <ul>
        {profile.believed.filter(({ axis }) => profile.active.includes(axis)).map((one) => {
          const axis = axes.find(({ name }) => name === one.axis) ?? { poles: { negative: `less ${one.axis}`, positive: one.axis } }
          return (
            <li key={one.axis}>
              <span>{doseInWords(axis, profile.doses[one.axis] ?? 0)}</span> <Uncertain value={one.best} sd={one.sd} known={one.by_hand === null && one.sd < 0.6} title={`Likelier ${axis.poles.positive}: ${Math.round(one.p_positive * 100).toFixed(0)} %`} />
              <span className="muted">{whyInWords(one)}</span>
            </li>
          )
        })}
      </ul>
      {isSure
        ? <button type="button" className="button" onClick={() => { setSure(false); onForget() }}>Yes, forget it all</button>
        : <button type="button" className="button quiet" onClick={() => { setSure(true) }}>Forget all</button>}
    </details>
  )
}
