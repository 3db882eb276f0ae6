import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useRef } from "react"
import { newKey } from "../../../client/keys"
import { latentKeys, latents, type Knob } from "../../../client/latents"
import { problemOf } from "../../../client/problem"

export interface Wanted {
  data: string
  preset: string
  training: Record<string, Knob>
  recording: Record<string, Knob>
  /** The run that is cloned: its pictures and knobs are the base then. */
  clone?: string
}

/** Launch what is wanted, and go to it. Pressed twice it is one run: the same wish has the same key. */
export function useLaunch() {
  const cache = useQueryClient()
  const navigate = useNavigate()
  const keys = useRef(new Map<string, string>())
  const launch = useMutation({
    mutationFn: ({ clone, ...wanted }: Wanted) => {
      const wish = JSON.stringify([clone, wanted])
      const key = keys.current.get(wish) ?? newKey()
      keys.current.set(wish, key)
      return clone === undefined ? latents.launch(wanted, key) : latents.clone(clone, wanted.training, key)
    },
    onSuccess: (run) => {
      keys.current.clear()
      void cache.invalidateQueries({ queryKey: latentKeys.runs })
      return navigate({ to: "/latents/runs/$runId", params: { runId: run.id } })
    },
  })
  const problem = launch.isError ? problemOf(launch.error) : null
  return {
    start: (wanted: Wanted) => { if (!launch.isPending) launch.mutate(wanted) },
    isPending: launch.isPending,
    problem,
    /** What is wrong with a field, as the server has it. */
    refused: (field: string) => (problem?.field === field ? `${problem.detail} ${problem.hint}`.trim() : null),
    forget: () => { if (launch.isError) launch.reset() },
  }
}
