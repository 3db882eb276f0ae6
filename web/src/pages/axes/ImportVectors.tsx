import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { axes as api, MOST_BYTES } from "../../client/axes"
import type { AxisView } from "../../client/language"
import { problemOf } from "../../client/problem"
import { Dialog } from "../../ui/Dialog"
import { Problem } from "../../ui/Problem"

interface ImportVectorsProps {
  axes: AxisView[]
  model: string
  onClose: () => void
}

/** Vectors out of a file: ours, or of another tool, which then wait to be calibrated. */
export function ImportVectors({ axes, model, onClose }: ImportVectorsProps) {
  const navigate = useNavigate()
  const cache = useQueryClient()
  const [file, setFile] = useState<File | null>(null)
  const [name, setName] = useState("")
  const isOurs = file?.name.toLowerCase().endsWith(".safetensors") === true
  const isLarge = file !== null && file.size > MOST_BYTES
  const replaced = axes.find((axis) => axis.name === name)?.pack
  const take = useMutation({
    mutationFn: (given: File) => api.importVectors(given, model, isOurs ? "" : name),
    onSuccess: async ({ axis }) => {
      await cache.invalidateQueries({ queryKey: ["language"] })
      onClose()
      void navigate({ to: "/text/axes/$name", params: { name: axis } })
    },
  })
  const canTake = file !== null && !isLarge && (isOurs || name !== "") && !take.isPending
  return (
    <Dialog title="Import vectors" isOpen onClose={onClose}>
      <form className="column" onSubmit={(event) => { event.preventDefault(); if (canTake) take.mutate(file) }}>
        <p className="soft">A vector pack of Pilotage (.safetensors), a control vector of repeng or llama.cpp (.gguf), or a file of steering-vectors (.pt). They must have been made with <strong>{model}</strong>.</p>
        <label className="field">
          <span className="label">File</span>
          <input className="input" type="file" accept=".safetensors,.gguf,.pt" aria-invalid={isLarge} onChange={({ target }) => { setFile(target.files?.[0] ?? null); take.reset() }} />
          {isLarge && <span className="field-error">It has {(file.size / (1 << 20)).toFixed(0)} MB; vectors have 8 at most.</span>}
        </label>
        {!isOurs && (
          <label className="field">
            <span className="label">What they are vectors of</span>
            <select className="input" value={name} onChange={({ target }) => { setName(target.value) }}>
              <option value="">Choose an axis</option>
              {axes.map((axis) => <option key={axis.name} value={axis.name}>{axis.poles.negative} ↔ {axis.poles.positive}</option>)}
            </select>
            <span className="field-hint">
              {replaced?.own === true ? "They take the place of the vectors that you have of it." : "Its pairs will tell how far they can be pushed. Not there? Write the axis first."}
            </span>
          </label>
        )}
        {take.error && <Problem problem={problemOf(take.error)} />}
        <div className="row wrap end">
          <button type="button" className="button" onClick={onClose}>Cancel</button>
          <button type="submit" className="button primary" disabled={!canTake}>{take.isPending ? "Reading…" : "Import"}</button>
        </div>
      </form>
    </Dialog>
  )
}
