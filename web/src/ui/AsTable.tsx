import type { ReactNode } from "react"

interface AsTableProps {
  /** Of what: the title of the figure that draws the same. */
  title: string
  /** What unfolds it. */
  summary?: string
  columns: readonly ReactNode[]
  /** The first cell names its row; one that stands out is `isHere`. */
  rows: readonly { cells: readonly ReactNode[]; isHere?: boolean }[]
}

/** What a figure draws as numbers, folded away until somebody wants to read them. */
export function AsTable({ title, summary = "As a table", columns, rows }: AsTableProps) {
  return (
    <details className="as-table">
      <summary>{summary}</summary>
      <div className="scroll" tabIndex={0} role="region" aria-label={`${title}, as a table`}>
        <table>
          <thead><tr>{columns.map((column, i) => <th key={i} scope="col">{column}</th>)}</tr></thead>
          <tbody>
            {rows.map(({ cells: [name, ...values], isHere }, row) => (
              <tr key={row} data-here={isHere}>
                <th scope="row">{name}</th>
                {values.map((value, column) => <td key={column}>{value}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
