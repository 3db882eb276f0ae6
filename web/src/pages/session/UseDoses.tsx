import { useMutation, useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { takeDoses } from "../../client/doses"
import { language, type ProfileView } from "../../client/language"
import { problemOf } from "../../client/problem"
import type { Axis, SessionView } from "../../client/types"
import { signed } from "../../ui/format"
import { Problem } from "../../ui/Problem"
import { useKept } from "../../ui/storage"
import { useProfile } from "../text/useProfile"

interface Taken {
  profile: ProfileView
  /** The profile's revision before. */
  from: number
}

/** What the session found, for the answers of the page Text: the doses and all that was answered, into one profile. */
export function UseDoses({ session }: { session: SessionView }) {
  const [picked, setPicked] = useKept<string | null>(localStorage, "text.profile", null)
  const { all, create } = useProfile(null)
  const cache = useQueryClient()
  const [taken, setTaken] = useState<Taken | null>(null)
  const axes = (session.axes as unknown as Axis[]).map(({ name }) => name)
  const fitting = all.data?.filter((one) => axes.every((axis) => one.axes.includes(axis))) ?? []
  const chosen = fitting.find(({ id }) => id === picked) ?? fitting[0]
  const keep = (profile: ProfileView) => { cache.setQueryData(["language", "profile", profile.id], profile) }
  const use = useMutation({
    mutationFn: async () => {
      const into = chosen ?? (await create.mutateAsync({ name: `Profile ${String((all.data?.length ?? 0) + 1)}`, axes }))
      return { profile: await takeDoses(session.id, into.id), from: into.revision }
    },
    onSuccess: (done) => { keep(done.profile); setPicked(done.profile.id); setTaken(done) },
  })
  const undo = useMutation({
    mutationFn: async ({ profile, from }: Taken) => {
      const events = Array.from({ length: profile.revision - from }, (_, i) => ({ kind: "taken_back", event: from + i }))
      return language.record(profile.id, events, `undo-${profile.id}-${String(from)}-${String(profile.revision)}`)
    },
    onSuccess: (profile) => { keep(profile); setTaken(null) },
  })
  const fault = use.error ?? undo.error ?? all.error
  return (
    <section className="believe use-doses">
      <h3>Use these doses</h3>
      {taken === null ? (
        <>
          <p className="note">Sets the doses that I believe you like best in a profile, which hears your answers too. Then the page Text writes by them.</p>
          <div className="row">
            {fitting.length > 0 && (
              <select className="input grow" aria-label="Profile" value={chosen?.id} onChange={({ target }) => { setPicked(target.value) }}>
                {fitting.map((one) => <option key={one.id} value={one.id}>{one.name || "Profile without a name"}</option>)}
              </select>
            )}
            <button type="button" className="button" disabled={use.isPending || all.isPending} onClick={() => { use.mutate() }}>
              {fitting.length > 0 ? "Use these doses" : "Use these doses in a new profile"}
            </button>
          </div>
        </>
      ) : (
        <div role="status">
          <p>In “{taken.profile.name || "your profile"}” now: {axes.map((axis) => `${axis} ${signed(taken.profile.doses[axis] ?? 0, 2)}`).join(", ")}.</p>
          <div className="row">
            <Link to="/text" className="button">Write with them</Link>
            <button type="button" className="button quiet" disabled={undo.isPending} onClick={() => { undo.mutate(taken) }}>Undo</button>
          </div>
        </div>
      )}
      {fault && <Problem problem={problemOf(fault)} />}
    </section>
  )
}
