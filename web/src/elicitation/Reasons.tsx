import { useEffect, useRef } from "react"
import type { Why } from "../client/types"
import { WHY_WORDS } from "./telling"

/** Why one can't decide: one of three, each with what it means. */
export function Reasons({ value, onChange }: { value: Why | null; onChange: (why: Why) => void }) {
  const group = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const meant = group.current?.querySelector<HTMLElement>("[aria-pressed=true]") ?? group.current?.querySelector("button")
    meant?.focus({ preventScroll: true }) // the picture that had it can't be chosen any more
    group.current?.scrollIntoView({ block: "nearest" })
  }, [value])
  return (
    <div ref={group} className="why-not" role="group" aria-label="Why can’t you decide?">
      {(Object.keys(WHY_WORDS) as Why[]).map((why, index) => (
        <button key={why} type="button" data-part="why" className="button" aria-pressed={value === why} onClick={() => { onChange(why) }}>
          <kbd>{index + 1}</kbd>
          <span><strong>{WHY_WORDS[why].short}</strong><span className="small muted">{WHY_WORDS[why].means}</span></span>
        </button>
      ))}
    </div>
  )
}
