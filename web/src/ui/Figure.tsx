import type { ReactNode } from "react"
import { csvOf, type Table } from "./csv"
import { Download } from "./icons"

interface FigureProps {
  title: string
  /** What the figure says, in one line. */
  reading: string
  children: ReactNode
  /** What is drawn, to take away; of much that changes often it is made when it is asked for. */
  data?: Table | (() => Table)
}

/** A plot with its title, its one-line reading and its data. */
export function Figure({ title, reading, children, data }: FigureProps) {
  return (
    <figure className="figure">
      <figcaption>
        <strong>{title}</strong>
        {data && (typeof data === "function" || data.rows.length > 0) && <DataLink title={title} data={data} />}
        <span>{reading}</span>
      </figcaption>
      {children}
    </figure>
  )
}

const addressOf = (data: Table) => `data:text/csv;charset=utf-8,${encodeURIComponent(csvOf(data))}`

function DataLink({ title, data }: { title: string; data: Table | (() => Table) }) {
  const isLate = typeof data === "function"
  return (
    <a
      className="figure-data" aria-label={`Data of “${title}” as CSV`} title="The data as CSV"
      {...(isLate ? { href: "data:text/csv,", download: true } : { href: addressOf(data), download: `${data.name}.csv` })}
      onClick={({ currentTarget: link }) => { if (isLate) { const made = data(); Object.assign(link, { href: addressOf(made), download: `${made.name}.csv` }) } }}
    >
      <Download />
    </a>
  )
}
