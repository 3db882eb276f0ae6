/** Slow at both ends. */
export function eased(share: number): number {
  const t = Math.min(1, Math.max(0, share))
  return t < 0.5 ? 4 * t ** 3 : 1 - (-2 * t + 2) ** 3 / 2
}

/** Places a share of the way from here to there, written into `into`. */
export function between(from: Float32Array, to: Float32Array, share: number, into: Float32Array): Float32Array {
  for (let i = 0; i < to.length; i++) {
    const [a = 0, b = 0] = [from[i], to[i]]
    into[i] = a + (b - a) * share
  }
  return into
}

/** Call for each picture of a motion until it is over; the answer stops it. */
export function animate(milliseconds: number, onFrame: (share: number) => void, onEnd?: () => void): () => void {
  const began = performance.now()
  let frame = requestAnimationFrame(function step(now) {
    const share = (now - began) / milliseconds
    onFrame(eased(share))
    if (share < 1) frame = requestAnimationFrame(step)
    else onEnd?.()
  })
  return () => { cancelAnimationFrame(frame) }
}
