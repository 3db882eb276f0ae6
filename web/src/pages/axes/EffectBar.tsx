interface EffectBarProps {
  effect: number
  floor: number | null
  /** What the whole width stands for. */
  most: number
}

/** An effect in nats a token, with what a random push of the same size does hatched within it. */
export function EffectBar({ effect, floor, most }: EffectBarProps) {
  const wide = (value: number) => `${String(Math.min(100, (100 * Math.max(0, value)) / most))}%`
  return (
    <span className="lx-effect" title="Nats a token between both ends, on held-out answers; grey is what random directions do">
      <span className="lx-bar" aria-hidden="true">
        <i style={{ width: wide(effect) }} />
        {floor !== null && <i className="chance" style={{ width: wide(floor) }} />}
      </span>
      <b>{effect.toFixed(2)}</b>
      <span className="muted"> {floor === null ? "" : `random ${floor.toFixed(2)}`}</span>
    </span>
  )
}
