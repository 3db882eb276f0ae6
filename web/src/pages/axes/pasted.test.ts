import { describe, expect, it } from "vitest"
import { pastedPairs } from "./pasted"

const PAIR = { prompt: "Is it far?", positive: "A stroll.", negative: "Ten minutes." }

describe("pairs that are pasted", () => {
  it("reads JSON lines, a list, and a whole axis", () => {
    const split = { ...PAIR, split: "held_out" }
    for (const text of [`${JSON.stringify(split)}\n\n${JSON.stringify(split)}`, JSON.stringify([split, split]), JSON.stringify({ name: "x", pairs: [split, split] })])
      expect(pastedPairs(text)).toEqual({ pairs: [split, split], faults: [] })
  })
  it("reads CSV with quotes, commas and line ends within cells", () => {
    const text = 'negative,positive,prompt\r\n"He said ""no"", twice.","Two\nlines.",Why?\r\n'
    expect(pastedPairs(text).pairs).toEqual([{ prompt: "Why?", positive: "Two\nlines.", negative: 'He said "no", twice.', split: "train" }])
  })
  it("reads cells as spreadsheets copy them", () => {
    expect(pastedPairs("Prompt\tPositive\tNegative\nA?\tB, c.\tD.").pairs).toEqual([{ prompt: "A?", positive: "B, c.", negative: "D.", split: "train" }])
  })
  it("holds every third out where no row names a split", () => {
    const rows = Array.from({ length: 7 }, (_, i) => ({ ...PAIR, prompt: String(i) }))
    expect(pastedPairs(JSON.stringify(rows)).pairs.map(({ split }) => split)).toEqual(["train", "train", "held_out", "train", "train", "held_out", "train"])
    expect(pastedPairs(JSON.stringify([...rows.slice(0, 3), { ...PAIR, split: "train" }])).pairs.map(({ split }) => split)).toEqual(["train", "train", "train", "train"])
  })
  it("says which rows can't be read, and keeps the others", () => {
    const { pairs, faults } = pastedPairs(`${JSON.stringify(PAIR)}\n{"positive": "only"}\nnot json\n[1]`)
    expect(pairs).toHaveLength(1)
    expect(faults).toEqual(["Line 3: this is not JSON.", "Line 4: this is no pair.", "Line 2: positive and negative are needed."])
    expect(pastedPairs("question,answer\na,b").faults).toEqual(["The first line must name the columns: prompt, positive, negative, split."])
  })
  it("takes nothing for nothing", () => { expect(pastedPairs("  \n")).toEqual({ pairs: [], faults: [] }) })
})
