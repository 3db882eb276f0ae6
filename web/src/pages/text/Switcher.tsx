export interface Switching {
  at: number
  of: number
  onGo: (to: number) => void
}

/** From one of several that stand in the same place to the next. */
export function Switcher({ at, of, onGo }: Switching) {
  if (of < 2) return null
  return (
    <span className="switcher" role="group" aria-label="Versions">
      <button type="button" className="button quiet icon" aria-label="Earlier version" disabled={at === 0} onClick={() => { onGo(at - 1) }}>‹</button>
      <span className="small muted">{at + 1} of {of}</span>
      <button type="button" className="button quiet icon" aria-label="Later version" disabled={at === of - 1} onClick={() => { onGo(at + 1) }}>›</button>
    </span>
  )
}
