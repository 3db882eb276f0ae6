import { useMutation } from "@tanstack/react-query"
import { fileUrl, latents, type NetworkQuestion } from "../../../client/latents"
import { problemOf } from "../../../client/problem"
import { Problem } from "../../../ui/Problem"

interface SamplesProps {
  run: string
  /** The checkpoint that draws. */
  epoch: number
  picture: number
  component: number | null
}

/** Pictures that the model draws from here: made once, kept among the files of the run. */
export function Samples({ run, epoch, picture, component }: SamplesProps) {
  const asked = useMutation({ mutationFn: (question: NetworkQuestion) => latents.ask(run, question) })
  const png = asked.data?.files.find((file) => file.endsWith(".png"))
  const isOfComponent = asked.variables?.ask === "prior_component"
  const said = isOfComponent ? `from component ${String(component)}` : `around picture ${String(picture)}`
  return (
    <div className="atlas-samples">
      <div className="row wrap">
        <button type="button" className="button" disabled={asked.isPending} onClick={() => { asked.mutate({ ask: "posterior_local", epoch, i: picture, m: 16 } as NetworkQuestion) }}>Draw around it</button>
        {component !== null && <button type="button" className="button" disabled={asked.isPending} onClick={() => { asked.mutate({ ask: "prior_component", epoch, c: component, m: 16 } as NetworkQuestion) }}>Draw from component {component}</button>}
      </div>
      {asked.isPending && <p className="note" aria-busy="true">Drawing…</p>}
      {asked.isError && <Problem problem={problemOf(asked.error)} />}
      {png && (
        <figure>
          <img src={fileUrl(run, png)} alt={`16 pictures drawn ${said}`} />
          <figcaption className="note">16 drawn {said} by the model of epoch {epoch}</figcaption>
        </figure>
      )}
    </div>
  )
}
