import { lazy, Suspense, useState } from "react"
import { problemOf } from "../../client/problem"
import { useStrategies } from "../../client/queries"
import type { Problem as ProblemData, QueryKind } from "../../client/types"
import { CopyCode } from "../../ui/CopyCode"
import { Problem } from "../../ui/Problem"
import { Segmented } from "../../ui/Segmented"
import { codeFor } from "../code"
import { useStart } from "../draft"
import { AxisEditor } from "./AxisEditor"
import { Beginning } from "./Beginning"
import { faultOn } from "./fault"
import { HowToAnswer, PLAIN } from "./HowToAnswer"
import { PromptField } from "./PromptField"
import "./setup.css"
import { useSetup } from "./useSetup"
import { WordChips } from "./WordChips"

const EverythingElse = lazy(() => import("./EverythingElse"))
const COUNTS = ["2", "3", "4", "6", "8"] as const
const OWN_FIELDS = ["request.prompt", "axes", "candidates", "dimension", "query_kinds", "style_probes", "taste", "model"]

/** Everything before the first round, on one page. */
export function SetupPage() {
  const setup = useSetup()
  const { draft, model, problem, asksNothing, isSaid, setDraft } = setup
  const start = useStart()
  const strategies = useStrategies()
  const [isOpen, setOpen] = useState(setup.text !== null)
  const refused = start.error ? problemOf(start.error) : undefined
  const fault = refused ?? problem
  const isTouched = isSaid || start.isError
  const begin = () => { if (setup.isReadable) start.mutate(setup.sent) }
  const kinds = draft.query_kinds ?? PLAIN
  const setKinds = (next: QueryKind[]) => {
    const candidates = next[0] === kinds[0] ? draft.candidates : next[0] === "pairwise" ? 2 : draft.candidates === 2 ? 4 : draft.candidates
    setDraft({ ...draft, query_kinds: next, ...(candidates === undefined ? {} : { candidates }) })
  }
  return (
    <div className="page narrow setup">
      <div className="page-head">
        <h1>New session</h1>
        <span className="grow" />
        <CopyCode code={codeFor(draft)} />
      </div>

      {asksNothing
        ? <p className="soft">{model?.name} reads no words: its pictures are found by choosing alone. Another model is under <em>Everything else</em>.</p>
        : (
          <section className="column">
            <h2>What do you want to see?</h2>
            <PromptField
              model={draft.model ?? "starter"} prompt={draft.request.prompt} example={model?.vocabulary.example ?? ""} autoFocus
              error={isTouched ? faultOn(fault, "request.prompt") : undefined} onSubmit={begin}
              onChange={(prompt) => { setDraft({ ...draft, request: { ...draft.request, prompt } }) }}
            />
            {model && <WordChips vocabulary={model.vocabulary} prompt={draft.request.prompt} onChange={(prompt) => { setDraft({ ...draft, request: { ...draft.request, prompt } }) }} />}
          </section>
        )}

      {!asksNothing && (
        <AxisEditor
          draft={draft} suggestions={model?.vocabulary.suggested_axes ?? []} error={faultOn(fault, "axes")}
          isPreviewable={setup.isChecked && isSaid} onChange={(axes) => { setDraft({ ...draft, axes }) }}
        />
      )}

      <section className="column">
        <h2>How do you want to answer?</h2>
        <HowToAnswer kinds={kinds} onChange={setKinds} />
        {faultOn(fault, "query_kinds") && <p className="field-error">{faultOn(fault, "query_kinds")}</p>}
      </section>

      <section className="column">
        <h2>Where to begin?</h2>
        <Beginning draft={draft} isChecked={setup.isChecked && isSaid} onChange={(changes) => { setDraft({ ...draft, ...changes }) }} />
        {(faultOn(fault, "style_probes") ?? faultOn(fault, "taste")) && <p className="field-error">{faultOn(fault, "style_probes") ?? faultOn(fault, "taste")}</p>}
      </section>

      <section className="two">
        <div className="column">
          <h2>Pictures per round</h2>
          <Segmented label="Pictures per round" value={String(draft.candidates ?? 4)} options={COUNTS.map((value) => ({ value, label: value }))} onChange={(value) => { setDraft({ ...draft, candidates: Number(value) }) }} />
          <p className="field-hint">Fewer are quicker to judge; more show more at once.</p>
          {faultOn(fault, "candidates") && <p className="field-error">{faultOn(fault, "candidates")}</p>}
        </div>
        <div className="column">
          <h2>How fine a search?</h2>
          <div className="profiles" role="group" aria-label="How fine a search">
            {(strategies.data?.profiles ?? []).map((profile) => (
              <button key={profile.name} type="button" className="choice" aria-pressed={(draft.dimension ?? "balanced") === profile.name} onClick={() => { setDraft({ ...draft, dimension: profile.name }) }}>
                <strong>{profile.name}</strong>
                <span className="small muted">{profile.advice}</span>
              </button>
            ))}
          </div>
          {faultOn(fault, "dimension") && <p className="field-error">{faultOn(fault, "dimension")}</p>}
        </div>
      </section>

      <section className="column">
        <button type="button" className="button wide" aria-expanded={isOpen} onClick={() => { setOpen(!isOpen) }}>
          {isOpen ? "Hide everything else" : "Everything else: model, steps, seed, sampler, as a form and as YAML"}
        </button>
        {isOpen && (
          <Suspense fallback={<div className="skeleton" style={{ height: 420 }} />}>
            <EverythingElse setup={setup} strategies={strategies.data} fault={fault} />
          </Suspense>
        )}
      </section>

      <div className="start-bar">
        {fault && isTouched && (refused !== undefined || !isOnPage(fault, isOpen)) && <Problem problem={fault} {...(refused && refused.kind !== "input" ? { onRetry: begin } : {})} />}
        <div className="row wrap">
          <button type="button" className="button primary large" disabled={start.isPending || !setup.isReadable || !isSaid} onClick={begin}>
            {start.isPending ? "Starting…" : "Start"}
          </button>
          <span className="small muted">
            {setup.isReadable ? "What you enter here is kept until you change it." : "The YAML can't be read yet; see the line that is marked."}
          </span>
        </div>
      </div>
    </div>
  )
}

function isOnPage(problem: ProblemData, isOpen: boolean): boolean {
  return isOpen || OWN_FIELDS.some((field) => faultOn(problem, field) !== undefined)
}
