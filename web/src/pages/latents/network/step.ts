import type { Field, Step } from "./answers"

const MINUS = "−"

/** A number of a network, short enough for a cell: 0.66, −12.3, 0. */
export function cell(value: number, digits = 2): string {
  const text = Math.abs(value) >= 100 ? Math.abs(value).toFixed(0) : Math.abs(value) >= 10 ? Math.abs(value).toFixed(1) : Math.abs(value).toFixed(digits)
  return `${value < 0 && Number(text) !== 0 ? MINUS : ""}${text}`
}

/** With its sign, as it stands in a sum. */
export function term(value: number, digits = 3): string {
  return `${value < 0 ? MINUS : "+"} ${cell(Math.abs(value), digits)}`
}

/** The nine cells of one channel that a step reads: of a layer that reads one, it is all there is. */
export function slices(values: number[][] | number[][][]): number[][][] {
  return Array.isArray(values[0]?.[0]) ? (values as number[][][]) : [values as number[][]]
}

/** The channel that adds or takes away most. */
export function loudest(sums: readonly number[]): number {
  return sums.reduce((best, sum, i) => (Math.abs(sum) > Math.abs(sums[best] ?? 0) ? i : best), 0)
}

const SAID: Record<Step["activation"]["mode"], (step: Step) => string> = {
  relu: (step) => (step.activation.changed ? "That is below zero, so ReLU makes it 0." : "ReLU lets it pass."),
  sigmoid: (step) => `The sigmoid makes it ${cell(step.computed, 3)}.`,
  none: () => "No activation follows.",
}

/** One step, read aloud. */
export function stepInWords(step: Step): string {
  const channels = step.sums_by_channel.length
  const read = channels === 1 ? "nine pixels" : `nine cells of each of ${String(channels)} channels`
  const outside = step.padding.flat().filter(Boolean).length
  const beyond = outside === 0 ? "" : `, ${String(outside)} of them beyond the edge and so 0`
  const check = step.agrees
    ? `The model itself made ${cell(step.captured, 3)}: the same.`
    : `The model itself made ${cell(step.captured, 3)}: not the same.`
  return (
    `It reads ${read}${beyond}. Each times its weight, all together: ${cell(step.pre_bias_sum, 3)}; with the bias of ${cell(step.bias, 3)} ` +
    `that is ${cell(step.pre_activation, 3)}. ${SAID[step.activation.mode](step)} ${check}`
  )
}

export function fieldInWords(field: Field): string {
  if (field.status === "unavailable") return `No receptive field: ${field.reason}.`
  const { x0, x1, y0, y1 } = field.bounds
  const cut = field.clamped ? `, cut from ${String(field.size)} × ${String(field.size)} at the edge` : ""
  return `It sees ${String(x1 - x0 + 1)} × ${String(y1 - y0 + 1)} pixels of the picture${cut}: columns ${String(x0)} to ${String(x1)}, rows ${String(y0)} to ${String(y1)}.`
}
