import { useMutation } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useId, useState } from "react"
import { useLab } from "../../client/context"
import { newKey } from "../../client/keys"
import type { AxisView } from "../../client/language"
import { problemOf } from "../../client/problem"
import type { Draft } from "../../client/types"
import { Dialog } from "../../ui/Dialog"
import { Problem } from "../../ui/Problem"
import { Segmented } from "../../ui/Segmented"

const SETS = [{ value: "2", label: "Pairs" }, { value: "4", label: "Best of four" }] as const
const MOST_PROMPTS = 20

interface Props {
  model: string
  axes: AxisView[]
  prompts: string[]
}

/** The same comparisons as a session of its own: with rounds to go back to, advice to stop, a replay and a report. */
export function CalibrateInSession(props: Props) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button type="button" className="button quiet" title="With rounds to go back to, a replay and a report" onClick={() => { setOpen(true) }}>Calibrate in a session…</button>
      {isOpen && (
        <Dialog title="Calibrate in a session" isOpen onClose={() => { setOpen(false) }}>
          <Form {...props} />
        </Dialog>
      )}
    </>
  )
}

function Form({ model, axes, prompts }: Props) {
  const lab = useLab()
  const navigate = useNavigate()
  const id = useId()
  const [chosen, setChosen] = useState(axes.map(({ name }) => name))
  const [text, setText] = useState(prompts.join("\n"))
  const [size, setSize] = useState<"2" | "4">("2")
  const [key] = useState(newKey)
  const asked = text.split("\n").map((line) => line.trim()).filter((line) => line !== "")
  const start = useMutation({
    mutationFn: async () => {
      const draft = {
        model: `${model}?axes=${chosen.join(",")}`, request: { prompt: asked[0] ?? "", prompts: asked }, name: `${chosen.join(", ")} to your liking`,
        candidates: Number(size), query_kinds: [size === "2" ? "pairwise" : "ranking", "tie", "undecided"],
      }
      const made = await lab.createSession(draft as unknown as Draft, key)
      await lab.requestRound(made.id, `${key}-round`)
      return made
    },
    onSuccess: (made) => navigate({ to: "/sessions/$sessionId", params: { sessionId: made.id } }),
  })
  const toggle = (name: string) => { setChosen(axes.map((one) => one.name).filter((one) => (one === name) !== chosen.includes(one))) }
  return (
    <form className="column" onSubmit={(event) => { event.preventDefault(); start.mutate() }}>
      <fieldset className="row wrap">
        <legend>Along which axes?</legend>
        {axes.map(({ name, poles }) => (
          <label key={name} className="chip"><input type="checkbox" checked={chosen.includes(name)} onChange={() => { toggle(name) }} /> {poles.negative} ↔ {poles.positive}</label>
        ))}
      </fieldset>
      <label className="column" htmlFor={id}>
        Your own prompts, one a line; each round asks the next
        <textarea id={id} className="input" rows={5} value={text} onChange={({ target }) => { setText(target.value) }} />
      </label>
      {asked.length > MOST_PROMPTS && <p className="small">At most {MOST_PROMPTS} prompts are asked in turn.</p>}
      <Segmented label="Texts in a round" value={size} options={SETS} onChange={setSize} />
      {start.error && <Problem problem={problemOf(start.error)} />}
      <div className="row">
        <button type="submit" className="button primary" disabled={start.isPending || chosen.length === 0 || asked.length === 0 || asked.length > MOST_PROMPTS}>Start</button>
      </div>
    </form>
  )
}
