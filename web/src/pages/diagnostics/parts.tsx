import { useEffect, useState, type ReactNode } from "react"
import { Tick } from "../../ui/icons"
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

const SAID_MS = 1600

interface CopyButtonProps {
  text: string
  label?: string
  quiet?: boolean
  children: ReactNode
}

/** Copies a text and says so for a moment, without changing its width. */
export function CopyButton({ text, label, quiet = false, children }: CopyButtonProps) {
  const [said, setSaid] = useState<"" | "Copied" | "Can't copy">("")
  useEffect(() => {
    if (said === "") return
    const timer = setTimeout(() => { setSaid("") }, SAID_MS)
    return () => { clearTimeout(timer) }
  }, [said])
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setSaid("Copied")
    } catch {
      setSaid("Can't copy")
    }
  }
  return (
    <button type="button" className={quiet ? "button quiet copy small-button" : "button copy"} aria-label={label} onClick={() => void copy()}>
      <span className={said ? "away" : ""}>{children}</span>
      <span className={said ? "said" : "said away"} role="status">{said === "Copied" ? <Tick /> : said}</span>
      {said === "Copied" && <span className="hidden-visually" role="status">Copied</span>}
    </button>
  )
}
