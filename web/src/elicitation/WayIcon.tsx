import type { ReactNode } from "react"
import type { QueryKind } from "../client/types"

const DRAWINGS: Record<QueryKind, ReactNode> = {
  ranking: <path d="M4 17v-5h4v5M8 17V5h4v12M12 17V9h4v8z" />,
  pairwise: <path d="M2.5 5h6v10h-6zM11.5 5h6v10h-6z" />,
  ratings: <path d="m10 3 2.2 4.5 4.9.7-3.5 3.4.8 4.9L10 14.2l-4.4 2.3.8-4.9-3.5-3.4 4.9-.7z" />,
  approval: <path d="m2.5 10 3 3 4.5-6M12.5 7l5 6M17.5 7l-5 6" />,
  worst: <path d="M4 3h12v9H4zM10 12v6M7 15.5l3 2.5 3-2.5" />,
  shortlist: <path d="M3 4.5h3v3H3zM3 12.5h3v3H3zM9.5 6H17M9.5 14H17" />,
  versus: <path d="M2.5 4h9v12h-9zM14.5 4h3v3h-3zM14.5 8.5h3v3h-3zM14.5 13h3v3h-3z" />,
  tie: <path d="M4 7.5h12M4 12.5h12" />,
  undecided: <path d="M7.5 7.5a2.6 2.6 0 1 1 3.6 2.4c-.8.4-1.1 1-1.1 2M10 15v.1M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15" />,
}

/** The way of answering as a sign beside the question, so that a change of it is seen before anything is pressed. */
export function WayIcon({ kind }: { kind: QueryKind }) {
  return (
    <span className="way-icon" data-kind={kind}>
      <svg width="22" height="22" viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">{DRAWINGS[kind]}</svg>
    </span>
  )
}
