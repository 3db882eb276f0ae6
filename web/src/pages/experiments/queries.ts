import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useRef } from "react"
import { useLab } from "../../client/context"
import { newKey } from "../../client/keys"
import { keys } from "../../client/queries"
import type { ComparedSession, Draft, Experiment, ExperimentText } from "../../client/types"

// Below the sessions' own key: whatever happens to a session makes them be read again.
const EXPERIMENTS = [...keys.sessions, "experiments"]
const ALL_OF_ONE = 50 // what one comparison takes

export function useExperiments(): Experiment[] {
  return useExperimentList().data ?? []
}

export function useExperimentList() {
  const lab = useLab()
  return useQuery({
    queryKey: EXPERIMENTS,
    queryFn: async () => {
      const all: Experiment[] = []
      for (let after: string | undefined, page = await lab.experiments(); ; page = await lab.experiments(after)) {
        all.push(...page.items)
        if (page.next === null) return all
        after = page.next
      }
    },
  })
}

export function useExperiment(id: string) {
  const lab = useLab()
  return useQuery({ queryKey: [...EXPERIMENTS, id], queryFn: () => lab.experiment(id) })
}

/** An experiment's newest sessions with their settings and figures. */
export function useMembers(experimentId: string) {
  const lab = useLab()
  return useQuery({
    queryKey: [...EXPERIMENTS, experimentId, "sessions"],
    queryFn: async (): Promise<ComparedSession[]> => {
      const { items } = await lab.findSessions({ experiment_id: experimentId, limit: ALL_OF_ONE })
      return items.length === 0 ? [] : (await lab.compare(items.map(({ id }) => id))).items
    },
  })
}

export function useComparison(ids: readonly string[]) {
  const lab = useLab()
  return useQuery({
    queryKey: [...keys.sessions, "compared", ids],
    queryFn: async () => (await lab.compare([...ids])).items,
    enabled: ids.length > 0,
  })
}

/** Create, change, fill and empty an experiment; each changes the lists. */
export function useExperimentActs() {
  const lab = useLab()
  const cache = useQueryClient()
  const keyOf = useKey()
  const onSuccess = () => cache.invalidateQueries({ queryKey: keys.sessions })
  const assign = async (sessionIds: readonly string[], experimentId: string | null) => {
    for (const id of sessionIds) await lab.assign(id, experimentId)
  }
  return {
    create: useMutation({ mutationFn: (text: ExperimentText) => lab.createExperiment(text, keyOf(text)), onSuccess }),
    change: useMutation({ mutationFn: ({ id, text }: { id: string; text: ExperimentText }) => lab.changeExperiment(id, text), onSuccess }),
    assign: useMutation({ mutationFn: ({ ids, to }: { ids: readonly string[]; to: string | null }) => assign(ids, to), onSettled: onSuccess }),
  }
}

/** One key for one wish of this form, however often it is sent. */
function useKey(): (wish: unknown) => string {
  const act = useRef({ wish: "", key: "" })
  return (wish) => {
    const text = JSON.stringify(wish)
    if (act.current.wish !== text) act.current = { wish: text, key: newKey() }
    return act.current.key
  }
}

/** A session of these settings, in its experiment, with its first round asked for. Pressed again it is the same one. */
export function useRun(experimentId: string | null) {
  const lab = useLab()
  const cache = useQueryClient()
  const keyOf = useKey()
  return useMutation({
    mutationFn: async (draft: Draft) => {
      const key = keyOf(draft)
      const session = await lab.createSession(draft, key)
      if (experimentId !== null) await lab.assign(session.id, experimentId)
      await lab.requestRound(session.id, `${key}.1`)
      return session
    },
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.sessions }),
  })
}
