import { useRef, useState } from "react"
import { newKey } from "../../client/keys"
import type { ProfileView } from "../../client/language"
import { problemOf } from "../../client/problem"
import { Dialog } from "../../ui/Dialog"
import { Download } from "../../ui/icons"
import { Problem } from "../../ui/Problem"
import { useProfiles } from "./useProfile"

interface ManageProfilesProps {
  /** The one that steers. */
  profile: ProfileView | undefined
  onPick: (id: string | null) => void
}

/** A profile as a whole: its name, a file of it, a profile out of a file, and its end. */
export function ManageProfiles({ profile, onPick }: ManageProfilesProps) {
  const [isOpen, setOpen] = useState(false)
  const close = () => { setOpen(false) }
  return (
    <>
      <button type="button" className="button" aria-haspopup="dialog" title="Rename, export, import or delete a profile" onClick={() => { setOpen(true) }}>Manage</button>
      <Dialog title="Profiles" isOpen={isOpen} onClose={close}>
        <div className="column">
          {profile && <Chosen key={profile.id} profile={profile} onDeleted={() => { close(); onPick(null) }} />}
          <Import onTaken={(id) => { close(); onPick(id) }} />
        </div>
      </Dialog>
    </>
  )
}

function Chosen({ profile, onDeleted }: { profile: ProfileView; onDeleted: () => void }) {
  const { rename, carry, remove } = useProfiles()
  const [name, setName] = useState(profile.name)
  const [isAsking, setAsking] = useState(false)
  const isSame = name.trim() === "" || name.trim() === profile.name
  const save = () => { if (!isSame && !rename.isPending) rename.mutate({ id: profile.id, name: name.trim() }) }
  return (
    <>
      <form className="row profile-name" onSubmit={(event) => { event.preventDefault(); save() }}>
        <label className="field grow">
          <span className="label">Name of this profile</span>
          <input className="input" maxLength={200} value={name} onChange={({ target }) => { setName(target.value) }} />
        </label>
        <button type="submit" className="button" disabled={isSame || rename.isPending}>Rename</button>
      </form>
      {rename.error && <Problem problem={problemOf(rename.error)} onRetry={save} />}
      <div className="row wrap">
        <button type="button" className="button" disabled={carry.isPending} title="All of it, for another machine or for keeps" onClick={() => { carry.mutate(profile) }}><Download /> Export as a file</button>
        <button type="button" className="button" onClick={() => { remove.reset(); setAsking(true) }}>Delete this profile…</button>
      </div>
      {carry.error && <Problem problem={problemOf(carry.error)} onRetry={() => { carry.mutate(profile) }} />}
      <Dialog title="Delete this profile?" isOpen={isAsking} onClose={() => { setAsking(false) }}>
        <p className="soft"><strong>{profile.name || "This profile"}</strong> is gone at once and for good, with all that it was told and learned. Conversations stay.</p>
        {remove.error && <Problem problem={problemOf(remove.error)} />}
        <div className="row wrap end">
          <button type="button" className="button" onClick={() => { setAsking(false) }}>Keep it</button>
          <button type="button" className="button primary" disabled={remove.isPending} onClick={() => { remove.mutate(profile.id, { onSuccess: onDeleted }) }}>Delete for good</button>
        </div>
      </Dialog>
    </>
  )
}

function Import({ onTaken }: { onTaken: (id: string) => void }) {
  const { take } = useProfiles()
  const picker = useRef<HTMLInputElement>(null)
  return (
    <div className="column">
      <div className="row">
        <button type="button" className="button" disabled={take.isPending} onClick={() => picker.current?.click()}>{take.isPending ? "Reading it…" : "Import a profile…"}</button>
      </div>
      <input
        ref={picker} type="file" accept=".json,application/json" className="hidden-visually" tabIndex={-1} aria-label="Profile to import"
        onChange={({ target }) => {
          const [file] = target.files ?? []
          if (file) take.mutate({ file, key: newKey() }, { onSuccess: ({ id }) => { onTaken(id) } })
          target.value = ""
        }}
      />
      {take.error && <Problem problem={problemOf(take.error)} />}
    </div>
  )
}
