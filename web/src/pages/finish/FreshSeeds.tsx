import { useMutation } from "@tanstack/react-query"
import { useLab } from "../../client/context"
import { problemOf } from "../../client/problem"
import { RenderResult } from "./RenderResult"
import { Problem } from "../../ui/Problem"

/** The same place with noise that no round has used: does the choice hold beyond its noise? */
export function FreshSeeds({ sessionId, candidateId }: { sessionId: string; candidateId: string }) {
  const lab = useLab()
  const verify = useMutation({ mutationFn: () => lab.verify(sessionId, candidateId) })
  return (
    <section className="column">
      <h2>Does it hold?</h2>
      <div className="row wrap">
        <button type="button" className="button" disabled={verify.isPending} onClick={() => { verify.mutate() }}>Check on four fresh seeds</button>
        <span className="small muted">If these look right too, it is the direction that you found, not a lucky draw.</span>
      </div>
      {verify.error && <Problem problem={problemOf(verify.error)} onRetry={() => { verify.mutate() }} />}
      {verify.data && <RenderResult jobId={verify.data.id} count={4} onRetry={() => { verify.mutate() }} />}
    </section>
  )
}
