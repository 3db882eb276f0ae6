import type { Knob } from "../../../client/latents"

/** A property of a JSON schema, as far as a form needs it. */
export interface KnobSchema {
  type?: "integer" | "number" | "boolean" | "string"
  description?: string
  default?: Knob
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  enum?: string[]
}
export type Knobs = Record<string, Knob>
/** Numbers as they were typed. */
export type Typed = Record<string, Knob>

export const GROUPS: { title: string; about: string; names: string[] }[] = [
  { title: "The network", about: "What it is made of, and how few numbers a picture must go through.", names: ["kind", "network", "latent_dims", "channels", "hidden"] },
  { title: "The training", about: "How long, in what steps, from which beginning.", names: ["epochs", "batch_size", "learning_rate", "seed", "threads"] },
  { title: "What is minimised", about: "How drawings are measured, and what else counts.", names: ["recon", "class_weight", "kld_weight"] },
  { title: "The mixture", about: "How many Gaussians there are, and how pictures come to belong to them.", names: ["components", "responsibilities", "pretrain_epochs"] },
  { title: "Schedules", about: "What counts more, or less, from epoch to epoch.", names: ["categorical_kl_anneal", "categorical_kl_anneal_epochs", "categorical_kl_max_weight", "entropy_bonus_enable", "entropy_bonus_kind", "entropy_bonus_weight", "entropy_bonus_epochs"] },
]
const NEEDS: Record<string, string> = {
  categorical_kl_anneal_epochs: "categorical_kl_anneal", categorical_kl_max_weight: "categorical_kl_anneal",
  entropy_bonus_kind: "entropy_bonus_enable", entropy_bonus_weight: "entropy_bonus_enable", entropy_bonus_epochs: "entropy_bonus_enable",
}

/** Whether a knob does anything where the others stand so. */
export function counts(name: string, schema: KnobSchema, knobs: Knobs): boolean {
  const of = kindOf(schema)
  if (of !== undefined && of !== knobs.kind) return false
  const needs = NEEDS[name]
  return needs === undefined || knobs[needs] === true
}

/** The only kind of run that a knob is of; its description begins with it, unless it is one of its values. */
function kindOf({ description = "", enum: values }: KnobSchema): string | undefined {
  const of = /^(gmvae|ae): /.exec(description)?.[1]
  return of !== undefined && values?.includes(of) ? undefined : of
}

export function aboutOf(schema: KnobSchema): string {
  const { description = "" } = schema
  const text = kindOf(schema) === undefined ? description : description.replace(/^\w+: /, "")
  return /^[a-z]+\b(?!\()/.test(text) && kindOf(schema) !== undefined ? text.charAt(0).toUpperCase() + text.slice(1) : text
}

/** Between which numbers, in words; empty where there are no bounds to speak of. */
export function boundsInWords({ minimum, maximum, exclusiveMinimum, type }: KnobSchema): string {
  if (type !== "integer" && type !== "number") return ""
  const from = minimum ?? exclusiveMinimum
  const most = maximum === undefined || maximum > 1e9 ? undefined : maximum
  if (from === undefined) return ""
  const low = exclusiveMinimum === undefined ? String(from) : `more than ${String(from)},`
  return most === undefined ? `${low} or more` : `${low} ${exclusiveMinimum === undefined ? "to" : "up to"} ${String(most)}`
}

/** What is wrong with what was typed; null where nothing is. */
export function faultOf(typed: Knob, schema: KnobSchema): string | null {
  if (schema.type !== "integer" && schema.type !== "number") return null
  const bounds = boundsInWords(schema)
  const value = typeof typed === "number" ? typed : Number(String(typed).trim().replace(",", "."))
  if (String(typed).trim() === "" || !Number.isFinite(value)) return `A number${bounds ? `, ${bounds}` : ""}.`
  if (schema.type === "integer" && !Number.isInteger(value)) return `A whole number, ${bounds}.`
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = schema
  return value < minimum || value > maximum || value <= exclusiveMinimum || value >= exclusiveMaximum ? `It must be ${bounds}.` : null
}

/** What was typed as the value that it stands for. */
export function valueOf(typed: Knob, schema: KnobSchema | undefined): Knob {
  const isNumber = schema?.type === "integer" || schema?.type === "number"
  return isNumber && typeof typed === "string" ? Number(typed.trim().replace(",", ".")) : typed
}

/** The knobs that stand otherwise than in the base, and do something. */
export function turnedOf(typed: Typed, base: Knobs, schemas: Record<string, KnobSchema>): Knobs {
  const all = { ...base, ...typed }
  return Object.fromEntries(
    Object.entries(typed).map(([name, value]) => [name, valueOf(value, schemas[name])] as const)
      .filter(([name, value]) => value !== base[name] && counts(name, schemas[name] ?? {}, all)),
  )
}

/** The first fault among what was typed. */
export function firstFault(typed: Typed, base: Knobs, schemas: Record<string, KnobSchema>): string | null {
  const all = { ...base, ...typed }
  return Object.keys(typed).find((name) => counts(name, schemas[name] ?? {}, all) && faultOf(typed[name] ?? "", schemas[name] ?? {}) !== null) ?? null
}

/** Where knobs stand otherwise than in the plain form. */
export function departuresOf(knobs: Knobs, plain: Knobs, schemas: Record<string, KnobSchema>): { name: string; plain: Knob; value: Knob }[] {
  return Object.keys(schemas).flatMap((name) => {
    const [value, was] = [knobs[name], plain[name]]
    const isSame = value === undefined || was === undefined || value === was || name === "seed" || name === "threads"
    return isSame || !counts(name, schemas[name] ?? {}, knobs) ? [] : [{ name, plain: was, value }]
  })
}

const LEARNED = 0.9 // of the pictures; the others are held out
const HARDLY = 100 // steps: 50 left a decoder that draws the same for all, 130 drew digits

/** How many steps a training takes, in words that say whether that is enough. */
export function stepsInWords(count: number, { batch_size: size, epochs }: Knobs): { text: string; isFew: boolean } {
  const steps = Math.ceil((count * LEARNED) / Number(size)) * Number(epochs)
  if (!Number.isFinite(steps)) return { text: "", isFew: false }
  const isFew = steps < HARDLY
  return { text: `about ${steps.toLocaleString("en")} steps${isFew ? ": hardly enough to learn to draw; take smaller batches or more epochs" : ""}`, isFew }
}
