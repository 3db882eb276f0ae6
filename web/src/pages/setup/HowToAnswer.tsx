import type { ReactNode } from "react"
import type { QueryKind } from "../../client/types"
import { waysIn } from "../../elicitation/answer"
import { QUERY_WORDS } from "../../elicitation/words"

const box = (x: number, y: number, width: number, height: number, isOn = false) => (
  <rect key={`${String(x)}.${String(y)}`} x={x} y={y} width={width} height={height} rx="3" fill={isOn ? "var(--accent-soft)" : "var(--sunken)"} stroke={isOn ? "var(--accent)" : "var(--line-strong)"} strokeWidth="1.5" />
)
const label = (x: number, y: number, text: string) => (
  <text key={`${text}${String(x)}`} x={x} y={y} fontSize="12" fontWeight="650" textAnchor="middle" fill="var(--accent)">{text}</text>
)
const crossed = (x: number, y: number, size: number) => (
  <path key={`x${String(x)}`} d={`M${String(x)} ${String(y)}l${String(size)} ${String(size)}m0 -${String(size)}l-${String(size)} ${String(size)}`} stroke="var(--bad)" strokeWidth="2" strokeLinecap="round" />
)
const DRAWINGS: Partial<Record<QueryKind, ReactNode>> = {
  ranking: [box(4, 14, 26, 32), box(35, 14, 26, 32, true), box(66, 14, 26, 32, true), box(97, 14, 26, 32), label(48, 35, "1"), label(79, 35, "2")],
  pairwise: [box(10, 8, 48, 44), box(69, 8, 48, 44, true), label(34, 35, "A"), label(93, 35, "B")],
  ratings: [box(8, 6, 34, 30), box(47, 6, 34, 30, true), box(86, 6, 34, 30), label(25, 52, "★★"), label(64, 52, "★★★★"), label(103, 52, "★")],
  approval: [box(8, 6, 34, 30, true), box(47, 6, 34, 30), box(86, 6, 34, 30, true), label(25, 53, "✓"), label(64, 53, "✕"), label(103, 53, "✓")],
  shortlist: [box(4, 14, 26, 32, true), box(35, 14, 26, 32), box(66, 14, 26, 32, true), box(97, 14, 26, 32), label(17, 35, "✓"), label(79, 35, "✓")],
  versus: [box(6, 5, 54, 50, true), box(70, 5, 22, 22), box(98, 5, 22, 22), box(70, 33, 22, 22), label(33, 35, "best"), label(81, 21, "↑"), label(109, 21, "≈"), label(81, 49, "↓")],
  worst: [box(4, 14, 26, 32), box(35, 14, 26, 32, true), box(66, 14, 26, 32), box(97, 14, 26, 32), label(48, 35, "✓"), crossed(104, 24, 12)],
}
const INSTEAD: { kind: QueryKind; words: string; means: string }[] = [
  { kind: "tie", words: "“About equal”", means: "when two or more share the first place; picking one then says that it stood alone" },
  { kind: "undecided", words: "“Can’t decide”", means: "and why: all alike, all bad, or good in different ways" },
]

/** The ways that every session takes unless it is told otherwise. */
export const PLAIN: readonly QueryKind[] = ["ranking", "pairwise", "ratings", "approval"]

/** The ways of answering as small drawings: the one chosen comes first, the plain ones stay at hand in the session. */
export function HowToAnswer({ kinds, onChange }: { kinds: readonly QueryKind[]; onChange: (kinds: QueryKind[]) => void }) {
  const { ways, asides } = waysIn(kinds)
  return (
    <>
      <div className="ways" role="group" aria-label="How do you want to answer?">
        {(Object.keys(DRAWINGS) as QueryKind[]).map((kind) => (
          <button key={kind} type="button" className="choice" aria-pressed={kind === ways[0]} onClick={() => { onChange([kind, ...PLAIN.filter((one) => one !== kind), ...asides]) }}>
            <svg viewBox="0 0 128 60" aria-hidden="true">{DRAWINGS[kind]}</svg>
            <strong>{QUERY_WORDS[kind].short}</strong>
            <span className="small muted">{QUERY_WORDS[kind].how}</span>
          </button>
        ))}
      </div>
      <fieldset className="instead small">
        <legend className="muted">Let me also say</legend>
        {INSTEAD.map(({ kind, words, means }) => (
          <label key={kind}>
            <input type="checkbox" checked={kinds.includes(kind)} onChange={({ target }) => { onChange(target.checked ? [...kinds, kind] : kinds.filter((one) => one !== kind)) }} />
            <span>{words} <span className="muted">{means}</span></span>
          </label>
        ))}
      </fieldset>
    </>
  )
}
