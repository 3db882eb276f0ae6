import type { Painter } from "./painters/painter"

const NEARER = 1.5
const TURN = Math.PI / 8

/** The camera for whoever has no wheel to turn. */
export function Cameras({ painter, turns }: { painter: Painter; turns: boolean }) {
  const acts: [string, string, () => void][] = [
    ["Nearer", "+", () => { painter.zoom(NEARER) }],
    ["Farther", "−", () => { painter.zoom(1 / NEARER) }],
    ...(turns ? [["Turn left", "↺", () => { painter.turn(-TURN) }], ["Turn right", "↻", () => { painter.turn(TURN) }]] satisfies [string, string, () => void][] : []),
    ["All of the map", "⤢", painter.reset],
  ]
  return (
    <div className="atlas-cameras" role="group" aria-label="Camera">
      {acts.map(([name, sign, act]) => <button key={name} type="button" aria-label={name} title={name} onClick={act}>{sign}</button>)}
    </div>
  )
}
