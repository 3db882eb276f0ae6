import type { Tile } from "../../elicitation/tiles"
import { whyOf } from "../../elicitation/words"
import { Dialog } from "../../ui/Dialog"
import { Thumb } from "../../ui/Thumb"
import { MatToggle } from "./MatToggle"

/** A picture as large as the window allows. */
export function Lightbox({ tile, onClose }: { tile: Tile; onClose: () => void }) {
  const why = tile.candidate ? whyOf(tile.candidate) : ""
  return (
    <Dialog title={`Picture ${String(tile.slot + 1)}`} isOpen onClose={onClose} wide>
      <div className="lightbox"><Thumb artifact={tile.artifact} alt={`Picture ${String(tile.slot + 1)}`} full /></div>
      <div className="row lightbox-foot">
        <MatToggle />
        {why !== "" && <p className="small soft">{why}</p>}
        <span className="grow" />
        {tile.candidate && <span className="mono muted">noise seed {tile.candidate.seed}</span>}
      </div>
    </Dialog>
  )
}
