import { useMutation } from "@tanstack/react-query"
import { useLab } from "../../client/context"
import type { Draft, TasteProfile } from "../../client/types"
import { useStart } from "../draft"

/** Starts a session in the profile's space: with the settings of the newest one there, another seed, and the taste. */
export function useBeginWith({ sessions }: TasteProfile) {
  const lab = useLab()
  const start = useStart()
  const settings = useMutation({
    mutationFn: async () => {
      const { config } = await lab.session(sessions[0]?.id ?? "")
      const { seed, preference_model, ...rest } = config as unknown as Draft
      void seed
      const model = typeof preference_model === "object" ? { ...preference_model, taste: null } : preference_model
      return { ...rest, preference_model: model, taste: "profile" } as Draft
    },
    onSuccess: (draft) => { start.mutate(draft) },
  })
  return { begin: () => { settings.mutate() }, isPending: settings.isPending || start.isPending, error: settings.error ?? start.error }
}
