import { useState } from "react"
import type { AxisView, Doses, ProfileView } from "../../client/language"
import { problemOf } from "../../client/problem"
import { Dialog } from "../../ui/Dialog"
import { Problem } from "../../ui/Problem"
import { Toast } from "../../ui/Toast"
import { Uncertain } from "../../ui/Uncertain"
import { Consent } from "./Consent"
import { doseInWords, isReady } from "./doses"
import { isStanding, keptDoses, whyInWords } from "./learned"
import { ManageProfiles } from "./ManageProfiles"
import { useTold, type Profiles } from "./useProfile"

interface ProfilePanelProps {
  profiles: Profiles
  id: string | null
  onPick: (id: string | null) => void
  axes: AxisView[]
  /** What was set by hand over the profile. */
  hand: Doses
  /** Of which axes the profile has it now. */
  onKept: (names: string[]) => void
  /** Whether answers are tried near the profile's doses. */
  tries: boolean
  onTries: (tries: boolean) => void
}

/** Whose doses the sliders begin from, what it believes and why, and whether it may learn. */
export function ProfilePanel({ profiles, id, onPick, axes, hand, onKept, tries, onTries }: ProfilePanelProps) {
  const { all, profile, create } = profiles
  const make = () => {
    const name = `Profile ${String((all.data?.length ?? 0) + 1)}`
    create.mutate({ name, axes: axes.filter(isReady).map((one) => one.name) }, { onSuccess: (made) => { onPick(made.id) } })
  }
  return (
    <div className="profile-pick column">
      <div className="row wrap">
        <select className="input grow" aria-label="Doses from" value={id ?? ""} onChange={({ target }) => { onPick(target.value === "" ? null : target.value) }}>
          <option value="">Doses by hand alone</option>
          {all.data?.map((one) => <option key={one.id} value={one.id}>{one.name || "Profile without a name"}</option>)}
        </select>
        <button type="button" className="button" disabled={create.isPending} onClick={make}>New profile</button>
        <ManageProfiles profile={profile.data} onPick={onPick} />
      </div>
      {all.error && <Problem problem={problemOf(all.error)} onRetry={() => void all.refetch()} />}
      {create.error && <Problem problem={problemOf(create.error)} />}
      {profile.data && <Picked key={profile.data.id} profile={profile.data} axes={axes} hand={hand} onKept={onKept} tries={tries} onTries={onTries} />}
    </div>
  )
}

type PickedProps = Pick<ProfilePanelProps, "axes" | "hand" | "onKept" | "tries" | "onTries"> & { profile: ProfileView }

function Picked({ profile, axes, hand, onKept, tries, onTries }: PickedProps) {
  const told = useTold(profile.id)
  const [reset, setReset] = useState<number | null>(null)
  const doses = keptDoses(hand, profile)
  const names = Object.keys(doses)
  return (
    <>
      {told.error && <Problem problem={problemOf(told.error)} onRetry={told.retry} />}
      <Consent profile={profile} onConsent={(given) => { told.tell([{ kind: "consent", given }]) }} />
      {profile.consent && (
        <label className="row small" title="Each answer is made a little off your doses, so that what you do with it tells something">
          <input type="checkbox" checked={tries} onChange={({ target }) => { onTries(target.checked) }} />
          Try doses nearby, to learn faster
        </label>
      )}
      {names.length > 0 && (
        <button type="button" className="button" disabled={told.isPending} onClick={() => { told.tell([{ kind: "doses_set", doses }], () => { onKept(names) }) }}>
          Keep these doses in the profile
        </button>
      )}
      <Believed
        profile={profile} axes={axes}
        onForget={() => { told.tell([{ kind: "reset", what: "all" }], (after) => { setReset(after.events.length - 1) }) }}
      />
      {reset !== null && isStanding(profile.events, reset, "reset") && (
        <Toast onClose={() => { setReset(null) }} action={<button type="button" className="button" onClick={() => { told.tell([{ kind: "taken_back", event: reset }]) }}>Undo</button>}>
          {profile.name || "The profile"} has forgotten everything.
        </Toast>
      )}
    </>
  )
}

function Believed({ profile, axes, onForget }: { profile: ProfileView; axes: AxisView[]; onForget: () => void }) {
  const [isAsking, setAsking] = useState(false)
  if (profile.active.length === 0) return <p className="field-hint">It knows nothing of you yet: keep doses in it, compare texts under Calibrate, or let it learn from what you do with answers.</p>
  return (
    <details className="believed">
      <summary>What it believes, and why</summary>
      <ul>
        {profile.believed.filter(({ axis }) => profile.active.includes(axis)).map((one) => {
          const axis = axes.find(({ name }) => name === one.axis) ?? { poles: { negative: `less ${one.axis}`, positive: one.axis } }
          return (
            <li key={one.axis}>
              <span>{doseInWords(axis, profile.doses[one.axis] ?? 0)}</span>
              {one.by_hand === null && <Uncertain value={one.best} sd={one.sd} known={one.sd < 0.6} title={`Likelier ${axis.poles.positive}: ${Math.round(one.p_positive * 100).toFixed(0)} %`} />}
              <span className="muted">{whyInWords(one)}</span>
            </li>
          )
        })}
      </ul>
      <button type="button" className="button quiet" onClick={() => { setAsking(true) }}>Forget all</button>
      <Dialog title="Forget all that it believes?" isOpen={isAsking} onClose={() => { setAsking(false) }}>
        <p className="soft"><strong>{profile.name || "This profile"}</strong> begins anew: doses that you kept, what you compared and what it learned from you no longer count.</p>
        <div className="row wrap end">
          <button type="button" className="button" onClick={() => { setAsking(false) }}>Keep it</button>
          <button type="button" className="button primary" onClick={() => { setAsking(false); onForget() }}>Forget it all</button>
        </div>
      </Dialog>
    </details>
  )
}
