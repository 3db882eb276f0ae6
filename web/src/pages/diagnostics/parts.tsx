import type { ReactNode } from "react"
import { CopyButton } from "../../ui/CopyButton"
import { UNKNOWN } from "./words"

interface CardProps {
  title: string
  wide?: boolean
  children: ReactNode
}

export function Card({ title, wide = false, children }: CardProps) {
  return (
    <section className={wide ? "card facts wide" : "card facts"} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

interface FactProps {
  name: string
  value: ReactNode
  /** What the value means, in small words below it. */
  note?: string
  mono?: boolean
  /** The whole of it, to copy. */
  copy?: string
}

/** One name with its value. */
export function Fact({ name, value, note, mono = false, copy }: FactProps) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>
        <span className={`${mono ? "mono" : ""}${value === UNKNOWN ? " muted" : ""}`}>{value}</span>
        {copy !== undefined && <CopyButton text={copy} label={`Copy the ${name.toLowerCase()}`} quiet>Copy</CopyButton>}
        {note !== undefined && <small>{note}</small>}
      </dd>
    </div>
  )
}
