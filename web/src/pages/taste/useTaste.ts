import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useLab } from "../../client/context"
import type { TasteProfile, TasteSettings } from "../../client/types"

const key = (space: string) => ["tastes", "of", space]

/** The spaces that have a profile. */
export function useTastes() {
  const lab = useLab()
  return useQuery({ queryKey: ["tastes"], queryFn: () => lab.tastes() })
}

/** One profile, and what corrects it: each edit is kept at once. */
export function useTaste(space: string) {
  const lab = useLab()
  const cache = useQueryClient()
  const profile = useQuery({ queryKey: key(space), queryFn: () => lab.taste(space) })
  const edit = useMutation({
    mutationFn: (settings: TasteSettings) => lab.editTaste(space, settings),
    scope: { id: space },
    onSuccess: (told) => { cache.setQueryData<TasteProfile>(key(space), told) },
  })
  return { profile, edit }
}
