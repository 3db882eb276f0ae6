import { useEffect, useState, type PointerEvent } from "react"

type Outline = (readonly [number, number])[]
const FINE = 4 // pixels between the places of an outline

interface LassoProps {
  isOn: boolean
  /** What was drawn around, and whether it is added to what was chosen before. */
  onEnd: (outline: Outline, adds: boolean) => void
}

/** Draws around points, where it is switched on or as long as Shift is held. */
export function Lasso({ isOn, onEnd }: LassoProps) {
  const [outline, setOutline] = useState<Outline>([])
  const isHeld = useShift()
  const at = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top] as const
  }
  const onMove = (event: PointerEvent<SVGSVGElement>) => {
    const [x, y] = at(event)
    const last = outline.at(-1)
    if (last && Math.hypot(x - last[0], y - last[1]) >= FINE) setOutline([...outline, [x, y]])
  }
  const onUp = (event: PointerEvent<SVGSVGElement>) => {
    if (outline.length > 2) onEnd(outline, event.ctrlKey || event.metaKey)
    setOutline([])
  }
  if (!isOn && !isHeld && outline.length === 0) return null
  return (
    <svg
      className="atlas-lasso" aria-hidden="true" onPointerMove={onMove} onPointerUp={onUp} onPointerCancel={() => { setOutline([]) }}
      onPointerDown={(event) => { event.currentTarget.setPointerCapture(event.pointerId); setOutline([at(event)]) }}
    >
      {outline.length > 1 && <polygon points={outline.map((place) => place.join(",")).join(" ")} />}
    </svg>
  )
}

function useShift(): boolean {
  const [isHeld, setHeld] = useState(false)
  useEffect(() => {
    const tell = (event: KeyboardEvent) => { if (event.key === "Shift") setHeld(event.type === "keydown") }
    const away = () => { setHeld(false) }
    window.addEventListener("keydown", tell)
    window.addEventListener("keyup", tell)
    window.addEventListener("blur", away)
    return () => {
      window.removeEventListener("keydown", tell)
      window.removeEventListener("keyup", tell)
      window.removeEventListener("blur", away)
    }
  }, [])
  return isHeld
}
