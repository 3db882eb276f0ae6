import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router"
import { useCallback, useState, type SetStateAction } from "react"
import type { AxisDetail } from "../../client/axes"
import { problemOf } from "../../client/problem"
import { CopyCode } from "../../ui/CopyCode"
import { Problem } from "../../ui/Problem"
import { Segmented } from "../../ui/Segmented"
import { keep, useKept } from "../../ui/storage"
import { useAxes } from "../text/useTalk"
import { AxisModel, useModel } from "./AxisModel"
import "./axes.css"
import { codeOf } from "./code"
import { DeleteAxis } from "./DeleteAxis"
import { draftKey, draftOf, isSame, type Draft } from "./draft"
import { NewAxis } from "./NewAxis"
import { PairsView } from "./PairsView"
import { TakeAway } from "./TakeAway"
import { useAxis, useAxisActs } from "./useAxis"
import { WhatItDoes } from "./WhatItDoes"
import { STANDING_WORDS, standingOf } from "./words"
import { WorkPanel } from "./WorkPanel"

/** One axis: what it does and damages, the pairs that it is made of, and making it. */
export function AxisPage() {
  const { name = "" } = useParams({ strict: false })
  return <OneAxis key={name} name={name} />
}

function OneAxis({ name }: { name: string }) {
  const { view = "does" } = useSearch({ from: "/text/axes/$name" })
  const navigate = useNavigate({ from: "/text/axes/$name" })
  const [model, setModel] = useModel()
  const [draft, setDraft] = useKept<Draft | undefined>(localStorage, draftKey(name), undefined)
  const [asked, setAsked] = useState<"copy" | "delete" | null>(null)
  const { forget } = useAxisActs()
  const list = useAxes(model)
  const all = list.data ?? []
  const isMissing = draft !== undefined && list.data !== undefined && !all.some((one) => one.name === name)
  const axis = useAxis(name, model, draft === undefined || all.some((one) => one.name === name))
  const detail = axis.data
  const fault = axis.error ?? (draft && list.error)
  const isUnsaved = draft !== undefined && (detail === undefined || !isSame(draft, detail))
  const shown = draft ?? (detail && draftOf(detail))
  const poles = shown?.poles
  const change = useCallback(
    (next: SetStateAction<Draft>) => { setDraft((now) => { const from = now ?? (detail && draftOf(detail)); return from && (typeof next === "function" ? next(from) : next) }) },
    [setDraft, detail],
  )
  const leave = () => {
    keep(localStorage, draftKey(name), undefined) // at once: the list looks for drafts when it opens
    void navigate({ to: "/text/axes" }).then(() => { forget(name) })
  }
  const isPairs = view === "pairs" || isMissing
  return (
    <div className="page lx">
      <div className="page-head lx-head">
        <div className="grow">
          <p className="small"><Link to="/text/axes">Axes</Link></p>
          <h1>{poles ? <>{poles.negative || "…"} <span className="muted" aria-hidden="true">↔</span><span className="hidden-visually"> to </span> {poles.positive || "…"}</> : name}</h1>
          <p className="row wrap small">
            <span className="mono muted">{name}</span>
            {detail && <span className="badge" data-standing={standingOf(detail)}>{STANDING_WORDS[standingOf(detail)]}</span>}
            {isMissing && <span className="badge" data-standing="none">draft</span>}
            {detail && <span className="muted">{detail.own ? "your own" : "ships with Pilotage"}</span>}
          </p>
        </div>
        <AxisModel model={model} onModel={setModel} />
        {detail && <CopyCode code={codeOf(name, model, detail.own)} />}
        {detail && <TakeAway axis={detail} model={model} />}
        {detail && <button type="button" className="button" onClick={() => { setAsked("copy") }}>Copy</button>}
        {(detail?.own === true || isMissing) && <button type="button" className="button" onClick={() => { setAsked("delete") }}>Delete</button>}
      </div>
      {shown?.description && !isPairs && <p className="soft lx-lead">{shown.description}</p>}
      {fault && <Problem problem={problemOf(fault)} onRetry={() => { void (axis.error ? axis.refetch() : list.refetch()) }} />}
      {axis.isPending && !isMissing && !fault && <div className="skeleton lx-space" aria-busy="true" aria-label="Looking" />}
      {detail && <WorkPanel key={model} axis={detail} model={model} isUnsaved={isUnsaved} />}
      {detail && <Segmented label="View" value={view} options={viewsOf(detail, draft)} onChange={(next) => { void navigate({ search: next === "pairs" ? { view: next } : {}, replace: true }) }} />}
      {detail && !isPairs && <WhatItDoes axis={detail} />}
      {shown && isPairs && (
        <PairsView
          draft={shown} saved={detail} isUnsaved={isUnsaved} isEditable={isMissing || detail?.own === true}
          onChange={change} onDone={() => { setDraft(undefined) }} onCopy={() => { setAsked("copy") }}
        />
      )}
      {asked === "copy" && detail && <NewAxis axes={all} from={detail} onClose={() => { setAsked(null) }} />}
      {asked === "delete" && (
        <DeleteAxis name={name} poles={poles} isDraft={isMissing} onClose={() => { setAsked(null) }} onDeleted={leave} />
      )}
    </div>
  )
}

function viewsOf(detail: AxisDetail, draft: Draft | undefined) {
  const pairs = draft?.rows.length ?? detail.pairs.length
  const label = detail.texts.length > 0 ? `Texts (${String(detail.texts.length)})` : `Pairs (${String(pairs)})`
  return [{ value: "does", label: "What it does" }, { value: "pairs", label }] as const
}
