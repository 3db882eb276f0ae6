import { problemOf } from "../../../client/problem"
import { useRunActs } from "./useRunActs"

/** Asks a run to stop; it says so until the run has heard. */
export function CancelButton({ run }: { run: string }) {
  const { cancel } = useRunActs()
  const isAsked = cancel.isPending || cancel.isSuccess
  return (
    <>
      {cancel.isError && <span className="field-error small" role="alert">{problemOf(cancel.error).detail}</span>}
      <button type="button" className="button" disabled={isAsked} onClick={() => { cancel.mutate(run) }}>{isAsked ? "Stopping after this batch…" : "Cancel"}</button>
    </>
  )
}
