import type { AxisDetail, AxisText, Contrast, Remark } from "../../client/axes"
import { newKey } from "../../client/keys"
import type { Problem } from "../../client/types"

/** One pair as it is being written; its id stays while others come and go. */
export interface Row extends Contrast {
  id: string
}

/** An axis as it is being written. */
export interface Draft extends Omit<AxisText, "pairs"> {
  rows: Row[]
}

const PREFIX = "text.axis."
export const draftKey = (name: string) => `${PREFIX}${name}`

/** The names of all axes that something unsaved is kept of. */
export function draftNames(store: Storage = localStorage): string[] {
  const start = `pilotage.${PREFIX}`
  return Object.keys(store).filter((key) => key.startsWith(start)).map((key) => key.slice(start.length)).sort()
}

export const NAME = /^[a-z][a-z0-9_]{0,47}$/

/** A name that files can have, of words that people say. */
export function nameOf(words: string): string {
  return words.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "").slice(0, 48)
}

export const newRow = (pair: Partial<Contrast> = {}): Row => ({ prompt: "", positive: "", negative: "", split: "train", ...pair, id: newKey() })

export function draftOf({ name, poles, description, licence, length_matters, pairs, texts }: AxisDetail | AxisText): Draft {
  return { name, poles, description, licence, length_matters, texts, rows: pairs.map((pair, i) => ({ ...pair, id: `${String(i)}` })) }
}

const isEmpty = ({ prompt, positive, negative }: Contrast) => [prompt, positive, negative].every((text) => text.trim() === "")
export const isWhole = ({ positive, negative }: Contrast) => positive.trim() !== "" && negative.trim() !== ""
/** Begun, and not yet a pair. */
export const isBegun = (row: Contrast) => !isEmpty(row) && !isWhole(row)

/** Whether there is something to check and to save. */
export const hasTexts = ({ rows, texts }: Draft) => texts.length > 0 || rows.some(isWhole)

/** What can be checked and saved of a draft: its whole pairs. */
export function textOf({ rows, ...axis }: Draft): AxisText {
  return { ...axis, pairs: rows.filter(isWhole).map(({ prompt, positive, negative, split }) => ({ prompt, positive, negative, split })) }
}

export function isSame(draft: Draft, saved: AxisDetail): boolean {
  return JSON.stringify(textOf(draft)) === JSON.stringify(textOf(draftOf(saved))) && !draft.rows.some(isBegun)
}

const BESIDE: Record<string, string> = {
  duplicate: "An answer of this pair comes in another one too.",
  prompt_in_two_splits: "Its question is both learned from and measured on.",
}

/** What is to be said beside each row, by its id. */
export function notesOf(rows: readonly Row[], remarks: readonly Remark[], fault: Problem | null): Map<string, string[]> {
  const notes = new Map<string, string[]>()
  const whole = rows.filter(isWhole)
  const put = (row: Row | undefined, words: string) => { if (row) notes.set(row.id, [...(notes.get(row.id) ?? []), words]) }
  for (const { rows: places, code, message } of remarks) for (const place of places) put(whole[place], BESIDE[code] ?? message)
  for (const { place, message } of faultsOf(fault)) if (place !== null) put(whole[place], message)
  for (const row of rows) if (isBegun(row)) put(row, "Both answers are needed.")
  return notes
}

interface Fault {
  /** The pair at fault, among those that were sent; null where it is the axis. */
  place: number | null
  message: string
}

/** What a refusal says, each with where. */
export function faultsOf(problem: Problem | null): Fault[] {
  if (problem === null) return []
  const { faults } = problem.facts as { faults?: { field: string; message: string }[] }
  return (faults ?? [{ field: problem.field, message: problem.detail }]).map(({ field, message }) => {
    const place = /^axis\.pairs\.(\d+)/.exec(field)?.[1]
    return { place: place === undefined ? null : Number(place), message: `${message.charAt(0).toUpperCase()}${message.slice(1)}.` }
  })
}
