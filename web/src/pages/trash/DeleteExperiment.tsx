import { useState } from "react"
import { count } from "../../ui/format"
import { Segmented } from "../../ui/Segmented"
import { Deleting } from "./Deleting"
import { useExperimentDeletion, useTrashActs } from "./useTrash"
import { experimentConsequences } from "./words"

/** Asks before an experiment goes into the trash, and whether its sessions go with it. */
export function DeleteExperiment({ experimentId, onClose }: { experimentId: string; onClose: () => void }) {
  const [what, setWhat] = useState<"alone" | "all">("alone")
  const withSessions = what === "all"
  const told = useExperimentDeletion(experimentId, withSessions)
  const { removeExperiment } = useTrashActs()
  const members = told.data ? told.data.staying + told.data.sessions.length : 0
  return (
    <Deleting
      title="Delete this experiment?" isOpen told={told} words={experimentConsequences} removing={removeExperiment} onClose={onClose}
      onRemove={() => { removeExperiment.mutate({ id: experimentId, withSessions }) }}
    >
      {members > 0 && (
        <Segmented
          label="What goes" value={what} onChange={setWhat}
          options={[{ value: "alone", label: "Alone" }, { value: "all", label: `With its ${count(members, "session")}` }]}
        />
      )}
    </Deleting>
  )
}
