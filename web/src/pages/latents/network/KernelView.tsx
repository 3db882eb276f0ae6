import { problemOf } from "../../../client/problem"
import { Problem } from "../../../ui/Problem"
import { useAnswer, type Kernels, type Layer } from "./answers"
import { Matrix } from "./Matrix"
import type { Go } from "./NetworkPage"
import { cell } from "./step"

const most = (values: number[][]) => Math.max(...values.flat().map(Math.abs))

interface KernelViewProps {
  run: string
  epoch: number
  layer: Layer
  channel: number
  go: Go
}

/** What a channel looks for: its weights, the same for every picture. */
export function KernelView({ run, epoch, layer, channel }: KernelViewProps) {
  const answer = useAnswer<Kernels>(run, { ask: "kernels", epoch, layer_id: layer.layer_id, c: channel })
  const { "kernel.json": own, "kernel_agg.json": all, "top_in_channels.json": top } = answer.data?.json ?? {}
  const bound = Math.max(...(top?.data.map(({ values }) => most(values)) ?? [0]))
  return (
    <section className="nw-kernels" aria-labelledby="nw-kernels" aria-busy={answer.isPending}>
      <h3 id="nw-kernels">What it looks for</h3>
      {answer.error && <Problem problem={problemOf(answer.error)} onRetry={() => { void answer.refetch() }} />}
      {own && <p className="small soft">Its nine weights, and a bias of {cell(own.bias, 3)}. Warm weights like bright pixels, cold ones dark pixels.</p>}
      {all && <p className="small soft">It reads {all.in_channels} channels, with nine weights for each and a bias of {cell(all.bias, 3)}. First how strong all are together (L2), then the channels whose weights are strongest.</p>}
      <div className="nw-slices">
        {own && <Matrix title="Weights" values={own.values} most={most(own.values)} tone="signed" />}
        {all && <Matrix title="Together" values={all.values} most={most(all.values)} tone="plain" />}
        {top?.data.map(({ in_channel, l2, values }) => <Matrix key={in_channel} title={`Channel ${String(in_channel)} · ${cell(l2)}`} values={values} most={bound} tone="signed" />)}
      </div>
    </section>
  )
}
