/** A setting that isn't the same in all: a cell a session, empty where it has none. */
export interface Difference {
  name: string
  cells: string[]
}

/** What differs among settings, by dotted names, in the order of the first that has it; and how many are the same. */
export function differencesOf(configs: readonly Record<string, unknown>[]): { differ: Difference[]; same: number } {
  const flat = configs.map((config) => new Map(flattened(config)))
  const names = [...new Set(flat.flatMap((one) => [...one.keys()]))].filter((name) => name !== "name") // stands above it
  const rows = names.map((name) => ({ name, cells: flat.map((one) => one.get(name) ?? "") }))
  const differ = rows.filter(({ cells }) => new Set(cells).size > 1)
  return { differ, same: rows.length - differ.length }
}

function flattened(value: unknown, name = ""): [name: string, cell: string][] {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return Object.entries(value).flatMap(([key, one]) => flattened(one, name === "" ? key : `${name}.${key}`))
  return [[name, inWords(value)]]
}

function inWords(value: unknown): string {
  if (value === null || value === undefined) return ""
  return Array.isArray(value) ? value.map(inWords).join(", ") : typeof value === "object" ? JSON.stringify(value) : String(value)
}
