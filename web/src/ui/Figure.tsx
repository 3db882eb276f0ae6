import type { ReactNode } from "react"
import { csvOf, type Table } from "./csv"
import { Download } from "./icons"

interface FigureProps {
  title: string
  /** What the figure says, in one line. */
  reading: string
  children: ReactNode
  /** What is drawn, to take away. */
  data?: Table
}

/** A plot with its title, its one-line reading and its data. */
export function Figure({ title, reading, children, data }: FigureProps) {
  return (
    <figure className="figure">
      <figcaption>
        <strong>{title}</strong>
        {data && data.rows.length > 0 && <DataLink title={title} data={data} />}
        <span>{reading}</span>
      </figcaption>
      {children}
    </figure>
  )
}

function DataLink({ title, data }: { title: string; data: Table }) {
  return (
    <a
      className="figure-data" download={`${data.name}.csv`} aria-label={`Data of “${title}” as CSV`} title="The data as CSV"
      href={`data:text/csv;charset=utf-8,${encodeURIComponent(csvOf(data))}`}
    >
      <Download />
    </a>
  )
}
