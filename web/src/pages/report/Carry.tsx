import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useRef, useState } from "react"
import { useLab } from "../../client/context"
import { problemOf } from "../../client/problem"
import { keys } from "../../client/queries"
import { Problem } from "../../ui/Problem"

/** Taking the session to another machine, opening one that came from there, and what is kept of this page. */
export function Carry({ sessionId }: { sessionId: string }) {
  const lab = useLab()
  const cache = useQueryClient()
  const navigate = useNavigate()
  const picker = useRef<HTMLInputElement>(null)
  const [isTraced, setIsTraced] = useState(lab.traces.isOn)
  const arrival = useMutation({
    mutationFn: (file: File) => lab.importBundle(file),
    onSuccess: (session) => {
      void cache.invalidateQueries({ queryKey: keys.sessions })
      void navigate({ to: "/sessions/$sessionId/report", params: { sessionId: session.id } })
    },
  })
  return (
    <div className="column">
      <div className="row wrap">
        <a className="button primary" href={lab.bundleUrl(sessionId)} download>Export as a bundle</a>
        <button type="button" className="button" disabled={arrival.isPending} onClick={() => picker.current?.click()}>
          {arrival.isPending ? "Opening it…" : "Import a bundle…"}
        </button>
        <input
          ref={picker} type="file" accept=".zip,application/zip" className="hidden-visually" tabIndex={-1} aria-label="Bundle to import"
          onChange={({ target }) => {
            const [file] = target.files ?? []
            if (file) arrival.mutate(file)
            target.value = ""
          }}
        />
        <label className="row small soft">
          <input
            type="checkbox" checked={isTraced}
            onChange={({ target }) => {
              lab.traces.switchTo(target.checked)
              setIsTraced(target.checked)
            }}
          />
          Note when pictures are shown, zoomed and answered in this browser
        </label>
      </div>
      {arrival.isError && <Problem problem={problemOf(arrival.error)} />}
    </div>
  )
}
