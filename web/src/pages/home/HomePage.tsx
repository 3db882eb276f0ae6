import { Link, useNavigate } from "@tanstack/react-router"
import { problemOf } from "../../client/problem"
import { useModels, useSessions } from "../../client/queries"
import { Arrow } from "../../ui/icons"
import { Problem } from "../../ui/Problem"
import { completed, useDraft, useStart } from "../draft"
import { SessionGrid } from "../images/SessionGrid"
import { PromptField } from "../setup/PromptField"
import { withObject } from "../setup/prompt"
import { TOURS } from "../tours/names"
import { LearnByDoing } from "./LearnByDoing"

const SHOWN_WORDS = ["fox", "owl", "sailboat", "cupcake", "rocket", "house", "butterfly"]

/** One question in the middle, and the way back to what was begun. */
export function HomePage() {
  const [draft, setDraft] = useDraft()
  const models = useModels()
  const sessions = useSessions()
  const navigate = useNavigate()
  const start = useStart()
  const model = models.data?.find(({ ref }) => ref === (draft.model ?? "starter"))
  const vocabulary = model?.vocabulary
  const known = vocabulary?.objects ?? []
  const words = SHOWN_WORDS.filter((word) => known.includes(word))
  const setPrompt = (prompt: string) => { setDraft({ ...draft, request: { ...draft.request, prompt } }) }
  const begin = () => {
    if (draft.request.prompt.trim() === "") document.getElementById("prompt")?.focus()
    else start.mutate(completed(draft, model))
  }
  const recent = sessions.data?.pages[0]?.items.filter(({ name }) => !TOURS.includes(name)).slice(0, 8) ?? []
  const fault = start.error ? problemOf(start.error) : undefined
  const onPrompt = fault?.field === "request.prompt"
  return (
    <div className="page">
      <section className="ask-home" aria-labelledby="home-question">
        <h1 id="home-question">What do you want to see?</h1>
        <p className="soft">Say it roughly. You steer the rest by choosing pictures.</p>
        <PromptField
          model={draft.model ?? "starter"} prompt={draft.request.prompt} example={vocabulary?.example ?? ""} autoFocus
          error={onPrompt ? fault.detail : undefined} onChange={setPrompt} onSubmit={begin}
        />
        <div className="row wrap centre">
          {vocabulary && (words.length > 0 ? words : known.slice(0, 7)).map((word) => (
            <button key={word} type="button" className="chip" onClick={() => { setPrompt(withObject(draft.request.prompt, word, vocabulary)) }}>
              {word}
            </button>
          ))}
        </div>
        <div className="row wrap centre">
          <button type="button" className="button primary large" disabled={start.isPending} onClick={begin}>
            {start.isPending ? "Starting…" : "Start"} <kbd>Enter</kbd>
          </button>
          <button type="button" className="button large" onClick={() => void navigate({ to: "/new" })}>
            Set up first <Arrow />
          </button>
        </div>
        {fault && !onPrompt && <Problem problem={fault} onRetry={begin} />}
      </section>
      {recent.length > 0 && (
        <section aria-labelledby="continue" className="continue">
          <div className="page-head compact">
            <h2 id="continue">Continue</h2>
            <span className="grow" />
            <Link to="/images" className="button quiet">All sessions</Link>
          </div>
          <SessionGrid sessions={recent} />
        </section>
      )}
      {sessions.isError && <Problem problem={problemOf(sessions.error)} onRetry={() => void sessions.refetch()} />}
      <LearnByDoing />
    </div>
  )
}
