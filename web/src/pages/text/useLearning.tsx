import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useState, type ReactNode } from "react"
import { newKey } from "../../client/keys"
import { language, type AxisView, type ProfileView } from "../../client/language"
import { problemOf } from "../../client/problem"
import { Toast } from "../../ui/Toast"
import { placesOf, takenBack, type Act } from "./acts"
import { changeInWords } from "./learned"
import { profileKey } from "./useProfile"

type OnHeard = (places: number[]) => void

interface Sending {
  profile: ProfileView
  act: Act
  consents: boolean
  key: string
  onHeard: OnHeard | undefined
}

export interface Learning {
  /** Tell the profile; `onHeard` gets the places of what was added. */
  hear: (act: Act, onHeard?: OnHeard) => void
  takeBack: (places: number[], onHeard?: () => void) => void
  isPending: boolean
  /** What was learned, said after the fact, with its way back. */
  toast: ReactNode
}

/** Lets a profile learn from what is done with answers: only with consent, never before the fact, always with a way back. */
export function useLearning(profile: ProfileView | undefined, axes: AxisView[]): Learning {
  const cache = useQueryClient()
  const [said, setSaid] = useState<{ words: string; button?: string; onPress?: () => void } | null>(null)
  const telling = useMutation({
    mutationFn: async ({ profile, act, consents, key }: Sending) => {
      if (consents) await language.record(profile.id, [{ kind: "consent", given: true }], `${key}-consent`)
      return act.send(profile, key)
    },
    onSuccess: (after, { profile, act, onHeard }) => {
      cache.setQueryData(profileKey(after.id), after)
      const places = placesOf(profile.newest, after)
      onHeard?.(places)
      const change = changeInWords(profile.doses, after.doses, axes)
      const words = change === "" ? act.elseWords : `I learned: ${change}.`
      if (words === "") setSaid(null)
      else setSaid(places.length === 0 ? { words } : { words, button: "Undo", onPress: () => { takeBack(places) } })
    },
  })
  const taking = useMutation({
    mutationFn: ({ id, places, key }: { id: string; places: number[]; key: string }) => language.record(id, takenBack(places), key),
    onSuccess: (after) => { cache.setQueryData(profileKey(after.id), after); setSaid(null) },
  })
  const takeBack = (places: number[], onHeard?: () => void) => {
    if (profile !== undefined) taking.mutate({ id: profile.id, places, key: newKey() }, { onSuccess: onHeard })
  }
  const isPending = telling.isPending || taking.isPending
  const send = (act: Act, consents: boolean, onHeard?: OnHeard) => {
    if (profile !== undefined && !isPending) { setSaid(null); telling.mutate({ profile, act, consents, key: newKey(), onHeard }) }
  }
  const hear = (act: Act, onHeard?: OnHeard) => {
    if (profile?.consent === true) send(act, false, onHeard)
    else if (profile !== undefined && act.isMeant)
      setSaid({ words: "Your profile learns from this only if you let it.", button: "Let it learn", onPress: () => { send(act, true, onHeard) } })
  }
  const failed = telling.error ? telling : taking.error ? taking : null
  const retry = () => {
    if (telling.error) telling.mutate(telling.variables)
    else if (taking.variables) taking.mutate(taking.variables)
  }
  const toast = failed
    ? <Toast onClose={() => { failed.reset() }} action={<button type="button" className="button" onClick={retry}>Try again</button>}>{problemOf(failed.error).detail}</Toast>
    : said && (
      <Toast key={said.words} onClose={() => { setSaid(null) }} action={said.button && <button type="button" className="button" onClick={said.onPress}>{said.button}</button>}>
        {said.words}
      </Toast>
    )
  return { hear, takeBack, isPending, toast }
}
