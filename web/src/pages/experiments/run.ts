import type { Draft } from "../../client/types"

/** What a new session has of its own; the rest is as in the base. */
export interface Change {
  prompt: string
  /** As it was typed; empty for another, drawn by lot. */
  seed: string
  sampler?: string | undefined
  preference_model?: string | undefined
  basis?: string | undefined
}

export function changed(base: Partial<Draft>, { prompt, seed, ...kinds }: Change): Draft {
  const { name = "", ...rest } = base
  delete rest.seed
  if (kinds.basis !== undefined || prompt.trim() !== base.request?.prompt) delete (rest as { scales?: unknown }).scales // units of other axes
  const isOwnName = name !== "" && name !== base.request?.prompt
  const given = Object.fromEntries(Object.entries(kinds).filter(([, kind]) => kind !== undefined))
  const number = /^\d+$/.test(seed.trim()) ? Number(seed) : seed.trim() // what is no number is for the lab to refuse
  return {
    ...rest, ...given, request: { ...base.request, prompt: prompt.trim() },
    ...(isOwnName ? { name } : {}), ...(number === "" ? {} : { seed: number as number }),
  }
}

/** The kind of a strategy, by name or with settings. */
export function kindOf(strategy: Draft["sampler"]): string | undefined {
  if (typeof strategy === "string") return strategy
  return typeof strategy?.kind === "string" ? strategy.kind : undefined
}
