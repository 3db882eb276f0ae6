import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { useLab } from "../../client/context"
import { newKey } from "../../client/keys"
import { problemOf } from "../../client/problem"
import { keys } from "../../client/queries"
import type { RoundView, SessionView } from "../../client/types"
import { Dialog } from "../../ui/Dialog"
import { Problem } from "../../ui/Problem"

interface BranchDialogProps {
  session: SessionView
  round: RoundView
  onClose: () => void
}

/** A new session that begins as this one did, up to a round. */
export function BranchDialog({ session, round, onClose }: BranchDialogProps) {
  const lab = useLab()
  const cache = useQueryClient()
  const navigate = useNavigate()
  const [name, setName] = useState(`${session.name} (branch)`)
  const [key] = useState(() => newKey()) // however often it is sent, it is one session
  const branch = useMutation({
    mutationFn: () => lab.branch(session.id, round.id, name.trim(), key),
    onSuccess: (child) => {
      cache.setQueryData(keys.session(child.id), child)
      void cache.invalidateQueries({ queryKey: keys.session(session.id) })
      void cache.invalidateQueries({ queryKey: keys.sessions })
      onClose()
      void navigate({ to: "/sessions/$sessionId", params: { sessionId: child.id } })
    },
  })
  const send = () => { if (!branch.isPending) branch.mutate() }
  return (
    <Dialog title={`Branch from round ${String(round.index)}`} isOpen onClose={onClose}>
      <form className="column" onSubmit={(event) => { event.preventDefault(); send() }}>
        <p className="soft">
          A session of its own: it begins with {round.index === 1 ? "round 1" : `rounds 1 to ${String(round.index)}`}, and round {round.index} waits for an
          answer there. This session stays as it is.
        </p>
        <label className="field">
          <span className="label">Its name</span>
          <input className="input" value={name} maxLength={200} autoFocus onFocus={(event) => { event.target.select() }} onChange={(event) => { setName(event.target.value) }} />
        </label>
        {branch.error && <Problem problem={problemOf(branch.error)} onRetry={send} />}
        <div className="row">
          <button type="submit" className="button primary" disabled={branch.isPending}>Branch</button>
          <button type="button" className="button" onClick={onClose}>Stay here</button>
        </div>
      </form>
    </Dialog>
  )
}
