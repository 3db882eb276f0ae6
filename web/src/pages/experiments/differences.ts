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
  const kinds = rows.filter(({ name, cells }) => name.endsWith(".kind") && new Set(cells).size > 1).map(({ name }) => name.slice(0, -4))
  const isOwn = (name: string) => kinds.some((prefix) => name.startsWith(prefix) && name !== `${prefix}kind`)
  // What belongs to one kind alone is no difference: that the kinds differ says it.
  const differ = rows.filter(({ name, cells }) => new Set(isOwn(name) ? cells.filter(Boolean) : cells).size > 1)
  const same = rows.filter(({ cells }) => new Set(cells).size === 1).length
  return { differ, same }
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
