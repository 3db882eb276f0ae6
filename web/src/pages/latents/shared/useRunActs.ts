import { useMutation, useQueryClient } from "@tanstack/react-query"
import { latentKeys, latents } from "../../../client/latents"
import { problemOf } from "../../../client/problem"

/** A run has ended a moment before the process that trained it: what is refused meanwhile is asked again. */
export const whileEnding = { retry: (count: number, error: Error) => count < 12 && problemOf(error).status === 409, retryDelay: 500 }

/** What can be done with a run that is there. */
export function useRunActs() {
  const cache = useQueryClient()
  const onSettled = (_: unknown, __: unknown, id: string) => {
    void cache.invalidateQueries({ queryKey: latentKeys.runs })
    void cache.invalidateQueries({ queryKey: latentKeys.run(id) })
  }
  return {
    cancel: useMutation({ mutationFn: latents.cancel, onSettled }),
    resume: useMutation({ mutationFn: latents.resume, onSettled, ...whileEnding }),
    remove: useMutation({
      mutationFn: (id: string) => latents.remove(id, false),
      onSuccess: (_, id) => {
        cache.removeQueries({ queryKey: latentKeys.run(id) })
        return cache.invalidateQueries({ queryKey: latentKeys.runs })
      },
    }),
  }
}
