import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useId, useState } from "react"
import { latents } from "../../../client/latents"
import { problemOf } from "../../../client/problem"
import { Dialog } from "../../../ui/Dialog"
import { Problem } from "../../../ui/Problem"
import { CodeBlock } from "../../../ui/CopyCode"

/** Pictures of one's own, from an `.npz`; folders and IDX files come in by the terminal. */
export function ImportPictures({ onImported }: { onImported: (name: string) => void }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button type="button" className="pick-card set-card import-card" onClick={() => { setOpen(true) }}>
        <strong>Your own pictures</strong>
        <span className="small soft">Bring an .npz; folders of pictures and IDX files come in by the terminal.</span>
      </button>
      {isOpen && <ImportDialog onClose={() => { setOpen(false) }} onImported={(name) => { setOpen(false); onImported(name) }} />}
    </>
  )
}

function ImportDialog({ onClose, onImported }: { onClose: () => void; onImported: (name: string) => void }) {
  const cache = useQueryClient()
  const [file, setFile] = useState<File | null>(null)
  const [name, setName] = useState("")
  const [licence, setLicence] = useState("")
  const [nameId, fileId, licenceId] = [useId(), useId(), useId()]
  const take = useMutation({
    mutationFn: ({ file, name, licence }: { file: File; name: string; licence: string }) => latents.importSet(file, name, licence),
    onSuccess: async (set) => {
      await cache.invalidateQueries({ queryKey: ["latents", "sets"] })
      onImported(set.name)
    },
  })
  const problem = take.isError ? problemOf(take.error) : null
  const atName = problem?.field === "name" || problem?.field === "query.name"
  return (
    <Dialog title="Your own pictures" isOpen onClose={onClose}>
      <form
        className="column" onSubmit={(event) => {
          event.preventDefault()
          event.stopPropagation() // the form behind it would take it for its own
          if (file) take.mutate({ file, name, licence })
        }}
      >
        <p className="soft small">An <code>.npz</code> of numpy with <code>images</code>, bytes of (n, height, width) or (n, height, width, channels), and <code>labels</code>, whole numbers from 0, if there are any. It stays on this computer.</p>
        <div className="field">
          <label htmlFor={fileId}>File</label>
          <input
            id={fileId} type="file" accept=".npz" className="input" required
            onChange={(event) => {
              const [next = null] = event.target.files ?? []
              setFile(next)
              if (next && name === "") setName(next.name.replace(/\.npz$/i, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 48))
            }}
          />
        </div>
        <div className="field">
          <label htmlFor={nameId}>Name of the set</label>
          <input id={nameId} className="input" required maxLength={48} value={name} onChange={(event) => { setName(event.target.value) }} aria-invalid={atName} />
          {atName && <p className="field-error" role="alert">{problem?.detail} {problem?.hint}</p>}
        </div>
        <div className="field">
          <label htmlFor={licenceId}>Whose they are, if you want to note it</label>
          <input id={licenceId} className="input" maxLength={200} placeholder="CC BY 4.0" value={licence} onChange={(event) => { setLicence(event.target.value) }} />
        </div>
        {problem && !atName && <Problem problem={problem} />}
        <details className="small"><summary>A folder of pictures, or MNIST’s own files?</summary><CodeBlock text="pilotage latents data --import FOLDER --name NAME" /></details>
        <div className="row end">
          <button type="button" className="button" onClick={onClose}>Cancel</button>
          <button type="submit" className="button primary" disabled={file === null || name === "" || take.isPending}>{take.isPending ? "Reading…" : "Take them in"}</button>
        </div>
      </form>
    </Dialog>
  )
}
