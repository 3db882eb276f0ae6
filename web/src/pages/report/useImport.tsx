import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useRef } from "react"
import { useLab } from "../../client/context"
import { problemOf } from "../../client/problem"
import { keys } from "../../client/queries"
import { Problem } from "../../ui/Problem"

/** A button that opens a bundle and goes to its report, and what went wrong with it, to be shown below. */
export function useImport() {
  const lab = useLab()
  const cache = useQueryClient()
  const navigate = useNavigate()
  const picker = useRef<HTMLInputElement>(null)
  const arrival = useMutation({
    mutationFn: (file: File) => lab.importBundle(file),
    onSuccess: (session) => {
      void cache.invalidateQueries({ queryKey: keys.sessions })
      void navigate({ to: "/sessions/$sessionId/report", params: { sessionId: session.id } })
    },
  })
  const button = (
    <>
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
    </>
  )
  return { button, fault: arrival.isError ? <Problem problem={problemOf(arrival.error)} /> : null }
}
