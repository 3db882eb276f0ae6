import { useQueries } from "@tanstack/react-query"
import { latents, type LatentRun } from "../../../client/latents"
import { problemOf } from "../../../client/problem"
import { Dialog } from "../../../ui/Dialog"
import { count } from "../../../ui/format"
import { Problem } from "../../../ui/Problem"
import { whileEnding, useRunActs } from "./useRunActs"
import { bytes, nameOf, shortId } from "./words"

interface DeleteRunsProps {
  runs: readonly Pick<LatentRun, "id" | "kind" | "data">[]
  onClose: () => void
  onDeleted: () => void
}

/** Runs are deleted for good: what goes is said first, and asked about. */
export function DeleteRuns({ runs, onClose, onDeleted }: DeleteRunsProps) {
  const { remove } = useRunActs()
  const told = useQueries({ queries: runs.map(({ id }) => ({ queryKey: ["latents", "deletion", id], queryFn: () => latents.remove(id, true), gcTime: 0, ...whileEnding })) })
  const refused = told.find(({ isError }) => isError)
  const isKnown = told.every(({ data }) => data !== undefined)
  const [files, size] = [told.reduce((sum, { data }) => sum + (data?.files ?? 0), 0), told.reduce((sum, { data }) => sum + (data?.bytes ?? 0), 0)]
  const onDelete = async () => {
    for (const { id } of runs) await remove.mutateAsync(id)
    onDeleted()
  }
  return (
    <Dialog title={runs.length === 1 ? "Delete this run?" : `Delete ${String(runs.length)} runs?`} isOpen onClose={onClose}>
      <div className="column">
        <ul className="small">{runs.map((run) => <li key={run.id}>{nameOf(run)} <span className="mono muted">{shortId(run.id)}</span></li>)}</ul>
        {refused ? <Problem problem={problemOf(refused.error)} /> : (
          <p aria-busy={!isKnown}>{isKnown ? <><strong>{count(files, "file")}, {bytes(size)}</strong> go for good: checkpoints, maps, pictures and the log. Runs that were cloned from it stay.</> : "Counting what would go…"}</p>
        )}
        {remove.isError && <Problem problem={problemOf(remove.error)} />}
        <div className="row end">
          <button type="button" className="button" onClick={onClose}>Keep</button>
          <button type="button" className="button danger" disabled={!isKnown || remove.isPending} onClick={() => void onDelete().catch(() => undefined)}>
            {remove.isPending ? "Deleting…" : "Delete for good"}
          </button>
        </div>
      </div>
    </Dialog>
  )
}
