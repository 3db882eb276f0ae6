import type { Tile } from "../../elicitation/tiles"
import { Thumb } from "../../ui/Thumb"

interface RivalsProps {
  tiles: Tile[]
  pair: [string, string] | null
  onRival: (id: string) => void
}

/** In A/B, which of the others stands against the first one. */
export function Rivals({ tiles, pair, onRival }: RivalsProps) {
  return (
    <div className="rivals" role="group" aria-label="Compare the first with">
      <span className="small muted">Compare with</span>
      {tiles.flatMap(({ id, artifact, slot }) =>
        id === null || id === pair?.[0] ? [] : [
          <button key={id} type="button" data-part="rival" aria-pressed={id === pair?.[1]} aria-label={`Picture ${String(slot + 1)}`} onClick={() => { onRival(id) }}>
            <Thumb artifact={artifact} alt="" />
          </button>,
        ],
      )}
    </div>
  )
}
