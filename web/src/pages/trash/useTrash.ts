import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useLab } from "../../client/context"
import { keys } from "../../client/queries"

const TRASH = ["trash"]

export function useTrash() {
  const lab = useLab()
  return useQuery({
    queryKey: TRASH,
    queryFn: async () => {
      const [sessions, experiments] = await Promise.all([lab.trash(), lab.trashedExperiments()])
      return { sessions, experiments }
    },
  })
}

/** What deleting would take, asked anew each time that the dialog opens. */
export function useDeletion(id: string, isOpen: boolean) {
  const lab = useLab()
  return useQuery({ queryKey: ["deletion", id], queryFn: () => lab.deletion(id), enabled: isOpen, staleTime: 0 })
}

/** The same of an experiment; what was told of one choice stays while the other is looked up. */
export function useExperimentDeletion(id: string, withSessions: boolean) {
  const lab = useLab()
  return useQuery({
    queryKey: ["deletion", id, withSessions],
    queryFn: () => lab.experimentDeletion(id, withSessions),
    placeholderData: keepPreviousData,
    staleTime: 0,
  })
}

/** Delete, restore, empty: each changes the lists. */
export function useTrashActs() {
  const lab = useLab()
  const cache = useQueryClient()
  const onSuccess = () =>
    Promise.all([TRASH, keys.sessions, ["session"]].map((queryKey) => cache.invalidateQueries({ queryKey })))
  return {
    remove: useMutation({ mutationFn: (id: string) => lab.deleteSession(id), onSuccess }),
    restore: useMutation({ mutationFn: (id: string) => lab.restore(id), onSuccess }),
    removeExperiment: useMutation({
      mutationFn: ({ id, withSessions }: { id: string; withSessions: boolean }) => lab.deleteExperiment(id, withSessions), onSuccess,
    }),
    restoreExperiment: useMutation({ mutationFn: (id: string) => lab.restoreExperiment(id), onSuccess }),
    empty: useMutation({ mutationFn: () => lab.emptyTrash(), onSuccess }),
  }
}
