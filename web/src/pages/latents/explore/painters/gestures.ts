interface Gestures {
  isDragged: (dx: number, dy: number) => void
  isMoved: (x: number, y: number) => void
  isClicked: (x: number, y: number) => void
  isLeft: () => void
  isZoomed: (factor: number, x: number, y: number) => void
}

const STILL = 4 // pixels that a click may slip

/** What pointers do on a canvas, one or two of them, and the wheel; the answer ends it. */
export function listen(canvas: HTMLCanvasElement, gestures: Gestures): () => void {
  const ended = new AbortController()
  const down = new Map<number, readonly [number, number]>()
  let slipped = 0
  const on = <K extends keyof HTMLElementEventMap>(type: K, act: (event: HTMLElementEventMap[K]) => void) => {
    canvas.addEventListener(type, act, { signal: ended.signal, passive: false })
  }
  const at = (event: MouseEvent) => {
    const box = canvas.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top] as const
  }
  on("pointerdown", (event) => {
    if (down.size === 0) slipped = 0
    down.set(event.pointerId, at(event))
    canvas.setPointerCapture(event.pointerId)
  })
  on("pointermove", (event) => {
    const [x, y] = at(event)
    const before = down.get(event.pointerId)
    if (!before) { gestures.isMoved(x, y); return }
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1]
    slipped += Math.hypot(x - before[0], y - before[1])
    if (other) gestures.isZoomed(apart([x, y], other) / apart(before, other), other[0], other[1])
    else gestures.isDragged(x - before[0], y - before[1])
    down.set(event.pointerId, [x, y])
  })
  on("pointerup", (event) => {
    if (down.size === 1 && slipped < STILL) gestures.isClicked(...at(event))
    down.delete(event.pointerId)
  })
  on("pointercancel", (event) => { down.delete(event.pointerId) })
  on("pointerleave", () => { gestures.isLeft() })
  on("wheel", (event) => {
    event.preventDefault()
    gestures.isZoomed(Math.exp(-event.deltaY / 400), ...at(event))
  })
  return () => { ended.abort() }
}

function apart([ax, ay]: readonly [number, number], [bx, by]: readonly [number, number]): number {
  return Math.max(1, Math.hypot(ax - bx, ay - by))
}
