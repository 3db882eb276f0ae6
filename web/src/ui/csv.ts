/** What a figure draws, as rows. */
export interface Table {
  /** The file's name, without its ending. */
  name: string
  columns: readonly string[]
  rows: readonly (readonly (string | number | null)[])[]
}

/** The table as RFC 4180 text; an unknown is an empty cell. */
export function csvOf({ columns, rows }: Table): string {
  return [columns, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n"
}

function cell(value: string | number | null): string {
  const text = value === null ? "" : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
