import { useState } from "react"
import { Tick, Warning } from "../../../ui/icons"
import type { Step } from "./answers"
import { Matrix } from "./Matrix"
import { cell, loudest, slices, stepInWords, term } from "./step"

/** One step of a convolution that can be read aloud: patch times kernel, summed, with bias and activation. */
export function StepView({ step }: { step: Step }) {
  const { sums_by_channel: sums } = step
  const [asked, setAsked] = useState<number | null>(null)
  const [here, setHere] = useState<number | null>(null)
  const channel = asked !== null && asked < sums.length ? asked : loudest(sums)
  const [patch = [], kernel = [], product = []] = [step.patch, step.kernel, step.product].map((all) => slices(all)[channel] ?? [])
  const most = (all: number[][] | number[][][]) => Math.max(...slices(all).flat(2).map(Math.abs))
  const shared = { here, onHere: setHere }
  return (
    <div className="nw-sum">
      {sums.length > 1 && <Channels sums={sums} channel={channel} onChoose={setAsked} />}
      <div className="nw-product">
        <Matrix title="What it reads" values={patch} most={most(step.patch)} tone="plain" padding={step.padding} {...shared} />
        <span>×</span>
        <Matrix title="Weights" values={kernel} most={most(step.kernel)} tone="signed" {...shared} />
        <span>=</span>
        <Matrix title="Products" values={product} most={most(step.product)} tone="signed" {...shared} />
      </div>
      <p className="mono nw-one">{here === null ? " " : `${cell(patch.flat()[here] ?? 0, 3)} × ${cell(kernel.flat()[here] ?? 0, 3)} = ${cell(product.flat()[here] ?? 0, 3)}`}</p>
      <div className="nw-line" aria-hidden="true">
        <b title={sums.length > 1 ? "all products of all channels" : "all products"}><small>sum</small>{cell(step.pre_bias_sum, 3)}</b>
        <b><small>bias</small>{term(step.bias)}</b>
        <b><small>before {step.activation.mode === "none" ? "" : step.activation.mode}</small>= {cell(step.pre_activation, 3)}</b>
        <b data-strong><small>{step.activation.mode === "none" ? "value" : `after ${step.activation.mode}`}</small>→ {cell(step.computed, 3)}</b>
        <b data-agrees={step.agrees} title={`They differ by ${String(step.difference)}`}>
          <small>the model made</small><span>{step.agrees ? <Tick size={14} /> : <Warning />} {cell(step.captured, 3)}</span>
        </b>
      </div>
      <p className="small soft nw-aloud">{stepInWords(step)}</p>
    </div>
  )
}

/** What each channel that is read adds to the sum. */
function Channels({ sums, channel, onChoose }: { sums: readonly number[]; channel: number; onChoose: (channel: number) => void }) {
  const most = Math.max(...sums.map(Math.abs)) || 1
  return (
    <div className="nw-adds" role="group" aria-label="What each channel adds">
      <small>Each channel adds its own products; shown is channel {channel}.</small>
      <ul>
        {sums.map((sum, one) => (
          <li key={one}>
            <button type="button" aria-pressed={one === channel} onClick={() => { onChoose(one) }}>
              <span><span className="hidden-visually">Channel </span>{one}<span className="hidden-visually"> adds</span></span>
              <i data-sign={Math.sign(sum)} style={{ "--share": `${String((100 * Math.abs(sum)) / most)}%` } as React.CSSProperties} /> <span className="mono">{cell(sum)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
