import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useLab } from "../../client/context"
import { problemOf } from "../../client/problem"
import { keys, useJob, useLive } from "../../client/queries"
import type { CandidateView } from "../../client/types"
import { onePress } from "../../elicitation/press"
import { PhaseBar } from "../../ui/PhaseBar"
import { useKept } from "../../ui/storage"

/** A picture that could not be made, tried again alone while the others can be judged. */
export function RetryOne({ sessionId, candidate }: { sessionId: string; candidate: CandidateView }) {
  const lab = useLab()
  const cache = useQueryClient()
  const [jobId, setJobId] = useKept<string | null>(sessionStorage, `retry.${candidate.id}.${String(candidate.attempt)}`, null)
  const job = useJob(jobId ?? undefined)
  const live = useLive(jobId ?? undefined)
  const retry = useMutation({
    mutationFn: () => lab.retryCandidate(sessionId, candidate.id),
    onSuccess: ({ id }) => {
      setJobId(id)
      void cache.invalidateQueries({ queryKey: keys.job(id) })
    },
  })
  const state = job.data?.state
  const isWorking = retry.isPending || (jobId !== null && !job.isError && (state === undefined || state === "queued" || state === "running"))
  return (
    <div className="again">
      {isWorking ? <PhaseBar live={live} /> : (
        <button type="button" className="button" onClick={onePress(() => { retry.mutate() })}>Try this one again</button>
      )}
      {retry.error && <p className="small field-error" role="alert">{problemOf(retry.error).detail}</p>}
    </div>
  )
}
