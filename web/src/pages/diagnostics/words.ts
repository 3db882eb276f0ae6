import type { Diagnostics } from "../../client/types"
import { seconds } from "../../ui/format"

export const UNKNOWN = "not known yet"

export function orUnknown(value: string | number | null | undefined): string {
  return value === null || value === undefined || value === "" ? UNKNOWN : String(value)
}

const DEVICES: Record<string, string> = {
  auto: "the best there is", cpu: "CPU", cuda: "NVIDIA graphics card", mps: "Apple graphics chip", xpu: "Intel graphics card",
}

/** A device as people call it; its technical name stays beside it where they differ. */
export function deviceInWords(device: string | null): string {
  if (device === null) return UNKNOWN
  const words = DEVICES[device.split(":")[0] ?? device]
  return words === undefined ? device : device === "cpu" ? words : `${words} (${device})`
}

const STATES: Record<string, string> = {
  warm: "warm: ready at once", loading: "warming up", cold: "cold: the first pictures take longer", failed: "can't be loaded",
}

export function stateInWords(state: string): string {
  return STATES[state] ?? state
}

/** What the median of warm rounds rests on. */
export function measuredInWords(rounds: number): string {
  if (rounds === 0) return "no round measured since the model is warm"
  return rounds === 1 ? "one round, so take it with care" : `the middle one of ${String(rounds)} rounds`
}

/** A time of the person's own day; with its date where that is another. */
export function clock(iso: string, now: number): string {
  const at = new Date(iso)
  const time = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
  return at.toDateString() === new Date(now).toDateString() ? time : `${at.toLocaleDateString([], { day: "numeric", month: "short" })}, ${time}`
}

/** What makes the pictures, in one sentence, with since when. */
export function sentenceOf({ sentence, model }: Pick<Diagnostics, "sentence" | "model">, now: number): string {
  if (model?.state !== "warm" || !model.warm_since) return sentence
  return `${sentence.replace(/\.$/, "")}, warm since ${clock(model.warm_since, now)}.`
}

/** What a run says of where it happened. */
export interface Environment {
  device?: string
  dtype?: string
  platform?: string
  python?: string
  threads?: number | null
  versions?: Record<string, string>
}

/** What is another thing now than it was in a run: only what is known of both. */
export function sinceThen(then: Environment, now: Pick<Diagnostics, "device" | "platform" | "python" | "versions">): string[] {
  const facts: [string, string | undefined, string | null | undefined][] = [
    ["device", then.device, now.device.active],
    ["numbers", then.dtype, now.device.dtype],
    ["system", then.platform, now.platform],
    ["python", then.python, now.python],
    ...Object.entries(then.versions ?? {}).map(([name, version]): [string, string, string | null | undefined] => [name, version, now.versions[name]]),
  ]
  return facts.flatMap(([name, was, is]) => (was && is && was !== is ? [`${name}: ${was}, now ${is}`] : []))
}

const UNITS = [[1e6, "TB"], [1e3, "GB"], [1, "MB"]] as const

/** Megabytes as people say them. */
export function memoryInWords(mb: number | null): string {
  if (mb === null) return UNKNOWN
  const [size, unit] = UNITS.find(([least]) => mb >= least) ?? [1, "MB"]
  return `${(mb / size).toFixed(size === 1 ? 0 : 1)} ${unit}`
}

const PRELOAD: Record<string, string> = {
  auto: "by itself, when it fits", always: "always, at the start", never: "never, only when needed",
}

/** When the model is loaded ahead. */
export function preloadInWords(preload: string): string {
  return PRELOAD[preload] ?? preload
}

export interface Measured {
  model: string
  what: "load" | "round"
  points: (readonly [at: number, ms: number])[]
}

/** What was measured, apart by model and by what was done, in the order of time. */
export function measuredOf(history: Diagnostics["history"]): Measured[] {
  const groups = new Map<string, Measured>()
  for (const { at, what, model, ms } of history) {
    const key = `${model} ${what}`
    const group = groups.get(key) ?? { model, what, points: [] }
    groups.set(key, { ...group, points: [...group.points, [Date.parse(at), ms]] })
  }
  return [...groups.values()].sort((a, b) => a.model.localeCompare(b.model) || a.what.localeCompare(b.what))
}

/** The middle one and the newest, in one line. */
export function timesInOneLine(points: Measured["points"]): string {
  const sorted = points.map(([, ms]) => ms).sort((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const middle = sorted.length % 2 === 1 ? sorted[half] : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2
  const newest = points.at(-1)?.[1]
  if (sorted.length < 2) return `Measured once: ${seconds(newest)}.`
  return `The middle one of ${String(sorted.length)}: ${seconds(middle)}; the newest: ${seconds(newest)}.`
}

export function queueInWords({ queued, running }: Diagnostics["queue"]): string {
  if (queued === 0 && running === 0) return "Nothing waits, nothing runs."
  return `${running === 0 ? "Nothing runs" : `${String(running)} ${running === 1 ? "runs" : "run"}`}, ${queued === 0 ? "nothing waits" : `${String(queued)} ${queued === 1 ? "waits" : "wait"}`}.`
}

/** A fingerprint, short enough to compare by eye. */
export function short(fingerprint: string): string {
  return `${fingerprint.slice(0, 12)}…`
}
