import type { Diagnostics } from "../../client/types"

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

export function queueInWords({ queued, running }: Diagnostics["queue"]): string {
  if (queued === 0 && running === 0) return "Nothing waits, nothing runs."
  return `${running === 0 ? "Nothing runs" : `${String(running)} ${running === 1 ? "runs" : "run"}`}, ${queued === 0 ? "nothing waits" : `${String(queued)} ${queued === 1 ? "waits" : "wait"}`}.`
}

/** A fingerprint, short enough to compare by eye. */
export function short(fingerprint: string): string {
  return `${fingerprint.slice(0, 12)}…`
}
