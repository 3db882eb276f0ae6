import type { Contrast, Split } from "../../client/axes"

/** What a text that was pasted holds. */
export interface Pasted {
  pairs: Contrast[]
  /** What could not be read, with where. */
  faults: string[]
}

const HOLD_OUT_EVERY = 3 // as files are read, where no row names a split
const COLUMNS = ["prompt", "positive", "negative", "split"] as const

/** Pairs in JSON, in JSON lines, or in CSV with a header. */
export function pastedPairs(text: string): Pasted {
  const trimmed = text.trim()
  if (trimmed === "") return { pairs: [], faults: [] }
  const { rows, faults } = /^[[{]/.test(trimmed) ? jsonRows(trimmed) : csvRows(trimmed)
  const read = rows.map(({ row, at }) => ({ at, row, pair: pairOf(row) }))
  const isSplit = rows.some(({ row }) => row.split !== undefined && row.split !== "")
  const pairs = read.flatMap(({ pair }) => (pair === null ? [] : [pair]))
  return {
    pairs: isSplit ? pairs : pairs.map((pair, i) => ({ ...pair, split: (i + 1) % HOLD_OUT_EVERY === 0 ? "held_out" : "train" })),
    faults: [...faults, ...read.filter(({ pair }) => pair === null).map(({ at }) => `${at}: positive and negative are needed.`)],
  }
}

type Cells = Record<string, unknown>
interface Rows {
  rows: { row: Cells; at: string }[]
  faults: string[]
}

function pairOf(row: Cells): Contrast | null {
  const { prompt = "", positive, negative, split } = row
  if (typeof positive !== "string" || typeof negative !== "string" || positive.trim() === "" || negative.trim() === "") return null
  return { prompt: typeof prompt === "string" ? prompt.trim() : "", positive: positive.trim(), negative: negative.trim(), split: splitOf(split) }
}

const splitOf = (split: unknown): Split => (split === "held_out" ? "held_out" : "train")

/** A whole axis, a list, or a line each. */
function jsonRows(text: string): Rows {
  try {
    const data = JSON.parse(text) as unknown
    const list = Array.isArray(data) ? data : isCells(data) && Array.isArray(data.pairs) ? data.pairs : [data]
    return cellsOf(list.map((value: unknown, i) => ({ value, at: `Pair ${String(i + 1)}` })))
  } catch {
    const faults: string[] = []
    const values = text.split("\n").flatMap((line, i) => {
      if (line.trim() === "") return []
      const at = `Line ${String(i + 1)}`
      try {
        return [{ value: JSON.parse(line) as unknown, at }]
      } catch {
        faults.push(`${at}: this is not JSON.`)
        return []
      }
    })
    const { rows, faults: more } = cellsOf(values)
    return { rows, faults: [...faults, ...more] }
  }
}

const isCells = (value: unknown): value is Cells => typeof value === "object" && value !== null && !Array.isArray(value)

function cellsOf(values: { value: unknown; at: string }[]): Rows {
  return {
    rows: values.flatMap(({ value, at }) => (isCells(value) ? [{ row: value, at }] : [])),
    faults: values.filter(({ value }) => !isCells(value)).map(({ at }) => `${at}: this is no pair.`),
  }
}

/** RFC 4180 with a header; tabs part cells where the header has tabs, as spreadsheets copy. */
function csvRows(text: string): Rows {
  const mark = (text.split("\n")[0] ?? "").includes("\t") ? "\t" : ","
  const [head = [], ...lines] = cells(text, mark)
  const names = head.map((name) => name.trim().toLowerCase())
  if (!names.includes("positive") || !names.includes("negative"))
    return { rows: [], faults: [`The first line must name the columns: ${COLUMNS.join(", ")}.`] }
  const rows = lines.map((line, i) => ({ at: `Row ${String(i + 2)}`, row: Object.fromEntries(names.map((name, at) => [name, line[at] ?? ""])) }))
  return { rows: rows.filter(({ row }) => Object.values(row).some((cell) => cell !== "")), faults: [] }
}

function cells(text: string, mark: string): string[][] {
  const rows: string[][] = [[]]
  let cell = ""
  let isQuoted = false
  const end = () => { rows.at(-1)?.push(cell); cell = "" }
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i)
    if (isQuoted) {
      if (char !== '"') cell += char
      else if (text[i + 1] === '"') { cell += char; i++ }
      else isQuoted = false
    } else if (char === '"' && cell === "") isQuoted = true
    else if (char === mark) end()
    else if (char === "\n") { end(); rows.push([]) }
    else if (char !== "\r") cell += char
  }
  end()
  return rows
}
