import { Link } from "@tanstack/react-router"
import { useState } from "react"
import type { AxisView } from "../../client/language"
import { problemOf } from "../../client/problem"
import { EmptyState } from "../../ui/EmptyState"
import { Problem } from "../../ui/Problem"
import { useAxes } from "../text/useTalk"
import "./axes.css"
import { AxisModel, useModel } from "./AxisModel"
import { draftNames } from "./draft"
import { EffectBar } from "./EffectBar"
import { ImportVectors } from "./ImportVectors"
import { NewAxis } from "./NewAxis"
import { Overlaps } from "./Overlaps"
import { NOT_YET, pairsInWords, STANDING_WORDS, standingOf, times } from "./words"

/** All axes of language: what each does to a model, and what that costs. */
export function AxesPage() {
  const [model, setModel] = useModel()
  const axes = useAxes(model)
  const [isNew, setNew] = useState(false)
  const [isImporting, setImporting] = useState(false)
  const all = axes.data ?? []
  const own = all.filter((axis) => axis.own)
  const shipped = all.filter((axis) => !axis.own)
  const drafts = draftNames().filter((name) => !all.some((axis) => axis.name === name))
  const most = Math.max(1, ...all.map(({ pack }) => pack?.effect ?? 0))
  return (
    <div className="page lx">
      <div className="page-head lx-head">
        <div className="grow">
          <p className="small"><Link to="/text">Text</Link></p>
          <h1>Axes</h1>
          <p className="soft small">What answers can have more or less of while they say the same; what steering by it does, and what it damages.</p>
        </div>
        <AxisModel model={model} onModel={setModel} />
        <button type="button" className="button" onClick={() => { setImporting(true) }}>Import vectors</button>
        <button type="button" className="button primary" onClick={() => { setNew(true) }}>New axis</button>
      </div>
      {axes.error && <Problem problem={problemOf(axes.error)} onRetry={() => void axes.refetch()} />}
      {axes.isPending && <div className="skeleton lx-space" aria-busy="true" aria-label="Looking" />}
      {axes.data && (
        <>
          <section aria-labelledby="lx-own">
            <h2 id="lx-own">Your own</h2>
            {own.length + drafts.length === 0
              ? (
                <EmptyState title="None of your own yet" action={<button type="button" className="button" onClick={() => { setNew(true) }}>Write one</button>}>
                  Twenty pairs of answers that differ in one thing are enough: Pilotage reads them with the model, finds the direction
                  between them, and measures how far it can be pushed before text breaks.
                </EmptyState>
              )
              : (
                <>
                  <Columns />
                  <ul className="card lx-list">
                    {drafts.map((name) => <DraftRow key={name} name={name} />)}
                    {own.map((axis) => <AxisRow key={axis.name} axis={axis} most={most} />)}
                  </ul>
                </>
              )}
          </section>
          <section aria-labelledby="lx-shipped">
            <h2 id="lx-shipped">That ship with Pilotage</h2>
            <Columns />
            <ul className="card lx-list">{shipped.map((axis) => <AxisRow key={axis.name} axis={axis} most={most} />)}</ul>
          </section>
          <Overlaps model={model} axes={all} />
        </>
      )}
      {isImporting && <ImportVectors axes={all} model={model} onClose={() => { setImporting(false) }} />}
      {isNew && <NewAxis axes={all} onClose={() => { setNew(false) }} />}
    </div>
  )
}

/** What stands in which column, where there is room for columns; else each fact says it. */
const Columns = () => <div className="lx-row lx-columns" aria-hidden="true"><span>axis</span><span>effect, nats a token</span><span>damage at the ends</span><span>pairs</span></div>

function AxisRow({ axis, most }: { axis: AxisView; most: number }) {
  const { name, poles, pack } = axis
  const standing = standingOf(axis)
  return (
    <li>
      <Link to="/text/axes/$name" params={{ name }} className="lx-row">
        <span className="lx-what">
          <strong>{poles.negative} <span className="muted" aria-hidden="true">↔</span><span className="hidden-visually"> to </span> {poles.positive}</strong>
          <span className="mono muted">{name}</span>
          <span className="small soft lx-about">{axis.description}</span>
        </span>
        <span className="lx-fact"><small>effect</small>{pack?.effect == null ? <Unknown /> : <EffectBar effect={pack.effect} floor={pack.floor} most={most} />}</span>
        <span className="lx-fact" data-known={pack?.negative != null}><small>damage at the ends</small><Ends axis={axis} /></span>
        <span className="lx-fact"><small>pairs</small>{pairsInWords(axis.answers)}</span>
        <span className="badge" data-standing={standing}>{STANDING_WORDS[standing]}</span>
      </Link>
    </li>
  )
}

/** Written and not saved: it is on this computer's page alone. */
function DraftRow({ name }: { name: string }) {
  return (
    <li>
      <Link to="/text/axes/$name" params={{ name }} search={{ view: "pairs" }} className="lx-row">
        <span className="lx-what"><strong>{name}</strong><span className="small soft">A draft in this browser, not saved yet.</span></span>
        <span className="badge" data-standing="none">draft</span>
      </Link>
    </li>
  )
}

/** How unusual text becomes at either end; 1 is no damage. */
function Ends({ axis: { pack } }: { axis: AxisView }) {
  if (!pack?.negative || !pack.positive) return <Unknown />
  const [low, high] = [pack.negative.damage.perplexity, pack.positive.damage.perplexity]
  return <span title="How much more surprising text becomes to the model itself at full dose either way; ×1 is none (perplexity)">{times(low)} · {times(high)}</span>
}

const Unknown = () => <span className="muted">{NOT_YET}</span>
