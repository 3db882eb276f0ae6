import { useState } from "react"
import { Pager, pageOfRow, rowsOfPage } from "./Pager"

interface ValuesTableProps {
  title: string
  over: string
  xs: readonly number[]
  lines: readonly { name: string; values: readonly (number | null)[] }[]
  inWords: (value: number) => string
  at: number | null
}

/** What a chart draws as numbers, a page at a time: the one on which the page stands until another is wanted. */
export function ValuesTable({ title, over, xs, lines, inWords, at }: ValuesTableProps) {
  const [isOpen, setOpen] = useState(false)
  const [wanted, setWanted] = useState<number>()
  const { page, from, to } = rowsOfPage(wanted ?? pageOfRow(at === null ? 0 : xs.indexOf(at)), xs.length)
  return (
    <details className="as-table" onToggle={(event) => { setOpen(event.currentTarget.open) }}>
      <summary>As a table</summary>
      {isOpen && (
        <>
          <div className="scroll" tabIndex={0} role="region" aria-label={`${title}, as a table`}>
            <table>
              <thead><tr>{[over, ...lines.map(({ name }) => name)].map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
              <tbody>
                {xs.slice(from, to).map((x, i) => (
                  <tr key={from + i} data-here={x === at}>
                    <th scope="row">{x}</th>
                    {lines.map(({ name, values }) => { const value = values[from + i] ?? null; return <td key={name}>{value === null ? "–" : inWords(value)}</td> })}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <Pager page={page} count={xs.length} onPage={setWanted} />
        </>
      )}
    </details>
  )
}
