import { useMutation, useQueryClient } from "@tanstack/react-query"
import { latentKeys, latents } from "../../../client/latents"

/** What can be done with a run that is there. */
export function useRunActs() {
  const cache = useQueryClient()
  const onSettled = (_: unknown, __: unknown, id: string) => {
    void cache.invalidateQueries({ queryKey: latentKeys.runs })
    void cache.invalidateQueries({ queryKey: latentKeys.run(id) })
  }
  return {
    cancel: useMutation({ mutationFn: latents.cancel, onSettled }),
    resume: useMutation({ mutationFn: latents.resume, onSettled }),
    remove: useMutation({
      mutationFn: (id: string) => latents.remove(id, false),
      onSuccess: (_, id) => {
        cache.removeQueries({ queryKey: latentKeys.run(id) })
        return cache.invalidateQueries({ queryKey: latentKeys.runs })
      },
    }),
  }
}
