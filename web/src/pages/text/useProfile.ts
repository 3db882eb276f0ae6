import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { newKey } from "../../client/keys"
import { language, type ProfileView } from "../../client/language"
import { fileName, save } from "../../ui/save"

const PROFILES = ["language", "profiles"]
export const profileKey = (id: string | null) => ["language", "profile", id]
type ToldEvent = Record<string, unknown>

/** Whose doses steer. */
export function useProfile(id: string | null) {
  const cache = useQueryClient()
  return {
    all: useQuery({ queryKey: PROFILES, queryFn: () => language.profiles() }),
    profile: useQuery({ queryKey: profileKey(id), queryFn: () => language.profile(id ?? ""), enabled: id !== null, retry: false }),
    create: useMutation({
      mutationFn: ({ name, axes }: { name: string; axes: string[] }) => language.createProfile(name, axes),
      onSuccess: (made) => {
        cache.setQueryData(profileKey(made.id), made)
        return cache.invalidateQueries({ queryKey: PROFILES })
      },
    }),
  }
}

/** The doses to answer with next: near the profile's, where it is let to try; anew after each answer and each revision. */
export function useTried(profile: ProfileView | undefined, axes: string[], answers: number, isOn: boolean) {
  const tried = useQuery({
    queryKey: ["language", "tried", profile?.id, profile?.newest, axes, answers],
    queryFn: () => language.nextDoses(profile?.id ?? "", axes),
    enabled: isOn && profile?.consent === true && axes.length > 0, staleTime: Infinity, retry: false,
  })
  return isOn && profile?.consent === true ? tried.data : undefined
}

/** What can be done with profiles as wholes. */
export function useProfiles() {
  const cache = useQueryClient()
  const listed = () => cache.invalidateQueries({ queryKey: PROFILES })
  const known = (profile: ProfileView) => { cache.setQueryData(profileKey(profile.id), profile); return listed() }
  return {
    rename: useMutation({ mutationFn: ({ id, name }: { id: string; name: string }) => language.renameProfile(id, name), onSuccess: known }),
    take: useMutation({ mutationFn: async ({ file, key }: { file: File; key: string }) => language.importProfile(await file.text(), key), onSuccess: known }),
    carry: useMutation({
      mutationFn: ({ id }: ProfileView) => language.exportProfile(id),
      onSuccess: (text, { name }) => { save(`${fileName(name, "profile")}.json`, text, "application/json") },
    }),
    remove: useMutation({ mutationFn: (id: string) => language.removeProfile(id), onSuccess: listed }),
  }
}

interface Told {
  id: string
  events: ToldEvent[]
  key: string
}

/** Tell a profile something; told again after a fault it counts once. */
export function useTold(id: string) {
  const cache = useQueryClient()
  const told = useMutation({
    mutationFn: ({ id, events, key }: Told) => language.record(id, events, key),
    onSuccess: (profile) => { cache.setQueryData(profileKey(profile.id), profile) },
  })
  const { mutate, variables } = told
  return {
    error: told.error,
    isPending: told.isPending,
    reset: told.reset,
    tell: (events: ToldEvent[], onSuccess?: (after: ProfileView) => void) => { mutate({ id, events, key: newKey() }, { onSuccess }) },
    retry: () => { if (variables !== undefined) mutate(variables) },
  }
}

export type Profiles = ReturnType<typeof useProfile>
