import { useEffect } from "react"
import type { Doses } from "../../client/language"
import { problemOf } from "../../client/problem"
import { useKept } from "../../ui/storage"
import { readyOf } from "./doses"
import { useProfile } from "./useProfile"
import { useAxes } from "./useTalk"

/** By which doses a model answers: those of the chosen profile, and over them what was set by hand. */
export function useDoses(model: string) {
  const [kept, setHand] = useKept<Doses>(localStorage, `text.doses.${model}`, {})
  const [profileId, setProfile] = useKept<string | null>(localStorage, "text.profile", null)
  const profiles = useProfile(profileId)
  const known = useAxes(model)
  const isByHand = profileId === null
  const profile = isByHand ? undefined : profiles.profile.data
  const fault = isByHand ? null : profiles.profile.error
  const isGone = fault !== null && problemOf(fault).code === "not_found"
  useEffect(() => { if (isGone) setProfile(null) }, [isGone, setProfile])
  const axes = known.data ?? []
  const hand = readyOf(kept, axes)
  const without = (names: string[]) => Object.fromEntries(Object.entries(kept).filter(([name]) => !names.includes(name)))
  return {
    axes,
    profiles,
    profileId,
    setProfile,
    profile,
    hand,
    setHand,
    doses: { ...readyOf(profile?.doses ?? {}, axes), ...hand },
    /** Until then an answer might be made by others than the person chose. */
    areKnown: (known.data !== undefined && (isByHand || profile !== undefined)) || (isByHand && Object.keys(kept).length === 0),
    /** What could not be read, each with the way to read it again. */
    faults: [known, ...(isByHand || isGone ? [] : [profiles.profile])],
    /** Set by hand; null gives it back. */
    setDose: (name: string, dose: number | null) => { setHand({ ...without([name]), ...(dose === null ? {} : { [name]: dose }) }) },
    /** The profile has them now. */
    handOver: (names: string[]) => { setHand(without(names)) },
  }
}
