import { useEffect, useState, type ReactNode } from "react"
import { Tick } from "./icons"

const SAID_MS = 1600

interface CopyButtonProps {
  text: string
  label?: string
  quiet?: boolean
  onCopied?: () => void
  children: ReactNode
}

/** Copies a text and says so for a moment, without changing its width. */
export function CopyButton({ text, label, quiet = false, onCopied, children }: CopyButtonProps) {
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
      onCopied?.()
    } catch {
      setSaid("Can't copy")
    }
  }
  return (
    <button type="button" className={quiet ? "button quiet copy" : "button copy"} aria-label={label} onClick={() => void copy()}>
      <span className={said ? "away" : ""}>{children}</span>
      <span className={said ? "said" : "said away"} role="status">{said === "Copied" ? <Tick /> : said}</span>
      {said === "Copied" && <span className="hidden-visually" role="status">Copied</span>}
    </button>
  )
}
