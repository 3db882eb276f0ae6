const PHASE_WORDS: Record<string, string> = {
  loading: "loading the model",
  encoding: "reading the prompt",
  believing: "thinking",
  proposing: "choosing where to look",
  generating: "drawing",
  saving: "keeping the pictures",
}

export interface Phase {
  phase: string
  done: number
  total: number
}

export function phaseInWords(live: Phase | undefined): string {
  if (live === undefined) return "waiting"
  if (live.phase === "generating" && live.total > 0) return `step ${String(live.done)} of ${String(live.total)}`
  const words = PHASE_WORDS[live.phase] ?? live.phase
  return live.total > 1 ? `${words}, ${String(live.done)} of ${String(live.total)}` : words
}

/** How far a piece of work is; unknown is shown as unknown. */
export function PhaseBar({ live, label = true }: { live: Phase | undefined; label?: boolean }) {
  const isKnown = live !== undefined && live.total > 0
  const share = isKnown ? (100 * live.done) / live.total : 0
  return (
    <div className="phasebar" role="progressbar" aria-label={phaseInWords(live)} aria-valuenow={isKnown ? Math.round(share) : undefined}>
      <div className={isKnown ? "track" : "track unknown"}>
        <i style={isKnown ? { width: `${share.toFixed(1)}%` } : undefined} />
      </div>
      {label && <span className="small muted">{phaseInWords(live)}</span>}
    </div>
  )
}
