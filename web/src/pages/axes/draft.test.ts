import { describe, expect, it } from "vitest"
import type { AxisDetail } from "../../client/axes"
import type { Problem } from "../../client/types"
import { draftNames, draftOf, faultsOf, isSame, nameOf, newRow, notesOf, textOf } from "./draft"

const pair = (i: number) => ({ prompt: `What is ${String(i)}?`, positive: `A joke, ${String(i)}.`, negative: `A fact, ${String(i)}.`, split: "train" as const })
const SAVED = { name: "wit", poles: { negative: "dry", positive: "witty" }, description: "", licence: "unknown", length_matters: false, pairs: [pair(0), pair(1), pair(2)], texts: [] } as unknown as AxisDetail
const refusal = (faults: { field: string; message: string }[]) => ({ field: faults[0]?.field, detail: "", facts: { faults } }) as unknown as Problem

describe("a draft", () => {
  it("differs once a text does, a pair is begun or one is gone, and not by an empty pair", () => {
    const draft = draftOf(SAVED)
    expect(isSame(draft, SAVED)).toBe(true)
    expect(isSame({ ...draft, rows: [...draft.rows, newRow()] }, SAVED)).toBe(true)
    expect(isSame({ ...draft, rows: [...draft.rows, newRow({ positive: "half" })] }, SAVED)).toBe(false)
    expect(isSame({ ...draft, rows: draft.rows.slice(1) }, SAVED)).toBe(false)
    expect(isSame({ ...draft, poles: { ...draft.poles, negative: "sober" } }, SAVED)).toBe(false)
  })
  it("sends whole pairs alone, without what only the page needs", () => {
    const draft = draftOf(SAVED)
    const text = textOf({ ...draft, rows: [newRow({ prompt: "begun" }), ...draft.rows, newRow()] })
    expect(text.pairs).toEqual([pair(0), pair(1), pair(2)])
    expect(Object.keys(text)).not.toContain("rows")
  })
})

describe("what is said beside a pair", () => {
  const begun = newRow({ prompt: "begun", positive: "half" })
  const rows = [begun, ...draftOf(SAVED).rows]
  it("stands by the pair that was meant, though others were not sent", () => {
    const notes = notesOf(rows, [{ code: "duplicate", message: "1 answer comes more than once", field: "pairs", rows: [0, 2] }], null)
    expect(notes.get(begun.id)).toEqual(["Both answers are needed."])
    expect([...notes.keys()]).toEqual([rows[1]?.id, rows[3]?.id, begun.id])
  })
  it("tells a refusal where it belongs, and what concerns the axis apart", () => {
    const refused = refusal([{ field: "axis.pairs.1", message: "both answers are the same" }, { field: "axis", message: "3 positive answers to learn from; at least 4 are needed" }])
    expect(notesOf(rows, [], refused).get(rows[2]?.id ?? "")).toEqual(["Both answers are the same."])
    expect(faultsOf(refused).filter(({ place }) => place === null)).toEqual([{ place: null, message: "3 positive answers to learn from; at least 4 are needed." }])
  })
})

describe("names", () => {
  it("makes a name that files can have of what people say", () => {
    expect(["Witty", "very, very formal!", "2 much", "für Kinder"].map(nameOf)).toEqual(["witty", "very_very_formal", "much", "f_r_kinder"])
  })
  it("finds drafts by their names and nothing else that is kept", () => {
    const store = { "pilotage.text.axis.wit": "1", "pilotage.text.axis.calm": "1", "pilotage.text.model": "1" } as unknown as Storage
    expect(draftNames(store)).toEqual(["calm", "wit"])
  })
})
