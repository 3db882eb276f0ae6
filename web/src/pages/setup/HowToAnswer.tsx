import type { ReactNode } from "react"
import type { QueryKind } from "../../client/types"
import { QUERY_WORDS } from "../../elicitation/words"

const box = (x: number, y: number, width: number, height: number, isOn = false) => (
  <rect key={`${String(x)}.${String(y)}`} x={x} y={y} width={width} height={height} rx="3" fill={isOn ? "var(--accent-soft)" : "var(--sunken)"} stroke={isOn ? "var(--accent)" : "var(--line-strong)"} strokeWidth="1.5" />
)
const label = (x: number, y: number, text: string) => (
  <text key={`${text}${String(x)}`} x={x} y={y} fontSize="12" fontWeight="650" textAnchor="middle" fill="var(--accent)">{text}</text>
)
const DRAWINGS: Record<QueryKind, ReactNode> = {
  ranking: [box(4, 14, 26, 32), box(35, 14, 26, 32, true), box(66, 14, 26, 32, true), box(97, 14, 26, 32), label(48, 35, "1"), label(79, 35, "2")],
  pairwise: [box(10, 8, 48, 44), box(69, 8, 48, 44, true), label(34, 35, "A"), label(93, 35, "B")],
  ratings: [box(8, 6, 34, 30), box(47, 6, 34, 30, true), box(86, 6, 34, 30), label(25, 52, "★★"), label(64, 52, "★★★★"), label(103, 52, "★")],
  approval: [box(8, 6, 34, 30, true), box(47, 6, 34, 30), box(86, 6, 34, 30, true), label(25, 53, "✓"), label(64, 53, "✕"), label(103, 53, "✓")],
}

/** The ways of answering as small drawings; all stay at hand in the session, this one comes first. */
export function HowToAnswer({ value, onChange }: { value: QueryKind; onChange: (kind: QueryKind) => void }) {
  return (
    <div className="ways" role="group" aria-label="How do you want to answer?">
      {(Object.keys(DRAWINGS) as QueryKind[]).map((kind) => (
        <button key={kind} type="button" className="choice" aria-pressed={kind === value} onClick={() => { onChange(kind) }}>
          <svg viewBox="0 0 128 60" aria-hidden="true">{DRAWINGS[kind]}</svg>
          <strong>{QUERY_WORDS[kind].short}</strong>
          <span className="small muted">{QUERY_WORDS[kind].how}</span>
        </button>
      ))}
    </div>
  )
}
