import { isNode, LineCounter, parse, parseDocument, YAMLParseError } from "yaml"

/** A text, and what it says or why it can't be read. */
export interface Reading {
  text: string
  value?: unknown
  error?: string
}

export function reading(text: string): Reading {
  try {
    return { text, value: parse(text) as unknown }
  } catch (error) {
    if (error instanceof YAMLParseError) return { text, error: (error.message.split("\n")[0] ?? "").replace(/:$/, "") }
    throw error
  }
}

/** The line where a setting stands, or the nearest that holds it; null where none does. */
export function lineOf(text: string, field: string): number | null {
  const lines = new LineCounter()
  const tree = parseDocument(text, { lineCounter: lines })
  const path = field.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part))
  for (let length = path.length; length > 0; length--) {
    const node = tree.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return null
}
