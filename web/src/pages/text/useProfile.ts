import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { language, type ProfileView } from "../../client/language"

const PROFILES = ["language", "profiles"]
const keyOf = (id: string | null) => ["language", "profile", id]

/** Whose doses steer, and what is told to it. */
export function useProfile(id: string | null) {
  const cache = useQueryClient()
  const took = (profile: ProfileView) => { cache.setQueryData(keyOf(profile.id), profile) }
  return {
    all: useQuery({ queryKey: PROFILES, queryFn: () => language.profiles() }),
    profile: useQuery({ queryKey: keyOf(id), queryFn: () => language.profile(id ?? ""), enabled: id !== null, retry: false }),
    create: useMutation({
      mutationFn: ({ name, axes }: { name: string; axes: string[] }) => language.createProfile(name, axes),
      onSuccess: (made) => { took(made); return cache.invalidateQueries({ queryKey: PROFILES }) },
    }),
    record: useMutation({ mutationFn: (events: Record<string, unknown>[]) => language.record(id ?? "", events), onSuccess: took }),
  }
}

export type Profiles = ReturnType<typeof useProfile>
