import type { RunFilter } from "../../../client/latents"

export interface RunSearch {
  state?: "active" | "completed" | "cancelled" | "failed"
  kind?: "ae" | "gmvae"
  data?: string
}
const STATES = ["active", "completed", "cancelled", "failed"] as const
const KINDS = ["ae", "gmvae"] as const

/** What an address asks for; anything else in it is passed over. */
export function runSearchOf({ state, kind, data }: Record<string, unknown>): RunSearch {
  const knownState = STATES.find((one) => one === state)
  const knownKind = KINDS.find((one) => one === kind)
  return {
    ...(knownState ? { state: knownState } : {}), ...(knownKind ? { kind: knownKind } : {}),
    ...(typeof data === "string" && data !== "" ? { data } : {}),
  }
}

/** As the API takes it: those that wait and those that train are one to a person. */
export function filterOf({ state, kind, data }: RunSearch): RunFilter {
  const states = state === undefined ? undefined : state === "active" ? ["created", "running"] : [state]
  return { ...(states ? { state: states } : {}), ...(kind ? { kind } : {}), ...(data ? { data } : {}) }
}
