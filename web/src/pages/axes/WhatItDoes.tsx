import type { ReactNode } from "react"
import type { AxisDetail } from "../../client/axes"
import type { PackView } from "../../client/language"
import { signed } from "../../ui/format"
import { damageInWords } from "../text/doses"
import { EffectBar } from "./EffectBar"
import { Figures } from "./Figures"
import { HeatMap } from "./HeatMap"
import { Samples } from "./Samples"
import { besideTold, damageTold, effectTold, endsOf, isWeak, methodInWords, NOT_YET, refusalsTold, sliderTold, times } from "./words"

/** What steering along an axis does and damages: in words, in figures, in texts. */
export function WhatItDoes({ axis }: { axis: AxisDetail }) {
  const { name, poles, pack, report } = axis
  if (pack === null) return <p className="soft lx-lead">Nothing is known yet of what steering along it does. Once its vectors are made, this page shows what every dose does and damages, with texts side by side.</p>
  const ends = endsOf(pack, report)
  return (
    <>
      <Tiles axis={axis} pack={pack} />
      <section className="lx-words" aria-labelledby="lx-words">
        <h2 id="lx-words">In words</h2>
        <ul>
          <li data-weak={isWeak(pack)}>{effectTold(poles, pack).join(" ")}</li>
          <Said>{sliderTold(pack, report?.straight ?? null).join(" ")}</Said>
          <Said>{report && besideTold(report)}</Said>
          <Said>{ends.negative && `${damageTold(poles.negative, ends.negative)} ${whyEnds(poles.negative, pack.negative)}`}</Said>
          <Said>{ends.positive && `${damageTold(poles.positive, ends.positive)} ${whyEnds(poles.positive, pack.positive)}`}</Said>
          <Said>{report && refusalsTold(report)}</Said>
        </ul>
      </section>
      {pack.usable && <Figures name={name} poles={poles} pack={pack} report={report} />}
      {report && report.samples.length > 0 && <Samples report={report} />}
      <div className="lx-foot">
        {report && report.heat.length > 0 && <HeatMap name={name} heat={report.heat} chosen={pack} />}
        <HowMade axis={axis} pack={pack} />
      </div>
    </>
  )
}

const Said = ({ children }: { children: ReactNode }) => (children ? <li>{children}</li> : null)

/** Why dose 1 is where it is, as the sliders say it. */
const whyEnds = (pole: string, reach: PackView["negative"]) => {
  const said = damageInWords(pole, reach).split("; ")[1]
  return said ? `The slider ends there: ${said}` : ""
}

function Tiles({ axis, pack }: { axis: AxisDetail; pack: PackView }) {
  const { poles, report } = axis
  const ends = endsOf(pack, report)
  const most = Math.max(1, pack.effect ?? 0, pack.instructed ?? 0)
  return (
    <dl className="lx-tiles">
      <Tile title="Effect, end to end" note="nats a token on held-out pairs">
        {pack.effect === null ? null : <EffectBar effect={pack.effect} floor={pack.floor} most={most} />}
      </Tile>
      <Tile title="Asking in words" note="the same, told in the system prompt">
        {pack.instructed === null ? null : <EffectBar effect={pack.instructed} floor={null} most={most} />}
      </Tile>
      <Tile title="Damage at the ends" note={`how unusual text becomes: full ${poles.negative}, full ${poles.positive}`}>
        {ends.negative && ends.positive && <b>{times(ends.negative.perplexity)} · {times(ends.positive.perplexity)}</b>}
      </Tile>
      <Tile title="Slider" note="rank correlation of dose and effect">{pack.monotone === null ? null : <b>{pack.monotone.toFixed(2)}</b>}</Tile>
    </dl>
  )
}

function Tile({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  return (
    <div className="card">
      <dt>{title}</dt>
      <dd>{children ?? <span className="muted">{NOT_YET}</span>}</dd>
      <dd className="small muted">{note}</dd>
    </div>
  )
}

function HowMade({ axis, pack }: { axis: AxisDetail; pack: PackView }) {
  const strengths = [pack.negative, pack.positive].map((reach) => reach?.strengths.at(-1))
  return (
    <section aria-labelledby="lx-made">
      <h2 id="lx-made">How it was made</h2>
      <dl className="lx-made">
        <dt>Model</dt><dd>{pack.model}</dd>
        <dt>Method</dt><dd>{methodInWords(pack.method)}{pack.layer !== null && `, at block ${String(pack.layer)}`}</dd>
        <dt>Dose ±1</dt>
        <dd>{strengths.every((one) => one !== undefined) ? `a push of ${strengths.map((one, i) => signed((i === 0 ? -1 : 1) * (one ?? 0), 2)).join(" and ")} of the block’s usual output` : NOT_YET}</dd>
        <dt>Texts</dt><dd>{axis.licence}</dd>
      </dl>
    </section>
  )
}
