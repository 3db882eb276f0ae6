const PHASE_WORDS: Record<string, string> = {
  reading: "reading your answer",
  loading: "loading the model",
  encoding: "reading the prompt",
  believing: "thinking",
  proposing: "choosing where to look",
  generating: "drawing",
  halving: "making fewer at a time",
  comparing: "comparing with what was kept",
  saving: "keeping the pictures",
  ended: "done",
}

export interface Phase {
  phase: string
  done: number
  total: number
  /** (low, high) seconds; null or absent where it isn't known. */
  timeLeft?: readonly [low: number, high: number] | null
}

/** The name of a phase, as it stands in a list of what happened. */
export function phaseName(phase: string): string {
  return PHASE_WORDS[phase] ?? phase
}

export function phaseInWords(live: Phase | undefined): string {
  if (live === undefined) return "waiting"
  const { phase, done, total } = live
  if (phase === "generating" && total > 0) return `step ${String(done)} of ${String(total)}`
  if (phase === "halving" && done > 0) return `The pictures did not fit together; making them ${String(done)} at a time.`
  return total > 1 ? `${phaseName(phase)}, ${String(done)} of ${String(total)}` : phaseName(phase)
}

/** What is left of it as a range; nothing where nothing is known. */
export function leftInWords(live: Phase | undefined): string {
  const [low, high] = live?.timeLeft ?? [0, 0]
  if (high <= 0) return ""
  const [unit, size] = high > 90 ? ["min", 60] as const : ["s", 1] as const
  const [from, to] = [Math.floor(low / size), Math.max(1, Math.ceil(high / size))]
  if (to === 1 && from < 1) return `less than a ${unit === "s" ? "second" : "minute"} left`
  if (from < 1) return `up to ${String(to)} ${unit} left`
  return from >= to ? `about ${String(to)} ${unit} left` : `about ${String(from)} to ${String(to)} ${unit} left`
}

/** How far a piece of work is; unknown is shown as unknown. */
export function PhaseBar({ live, label = true }: { live: Phase | undefined; label?: boolean }) {
  const isKnown = live !== undefined && live.total > 0
  const share = isKnown ? (100 * live.done) / live.total : 0
  const left = leftInWords(live)
  return (
    <div className="phasebar" role="progressbar" aria-label={phaseInWords(live)} aria-valuenow={isKnown ? Math.round(share) : undefined}>
      <div className={isKnown ? "track" : "track unknown"}>
        <i style={isKnown ? { width: `${share.toFixed(1)}%` } : undefined} />
      </div>
      {label && <span className="small muted">{phaseInWords(live)}{left && ` · ${left}`}</span>}
    </div>
  )
}
