import type { Tile } from "../../elicitation/tiles"
import { whyOf } from "../../elicitation/words"
import { Dialog } from "../../ui/Dialog"
import { useNoun } from "../../ui/medium"
import { Thumb } from "../../ui/Thumb"
import { MatToggle } from "./MatToggle"

/** A picture as large as the window allows. */
export function Lightbox({ tile, onClose }: { tile: Tile; onClose: () => void }) {
  const title = `${useNoun()} ${String(tile.slot + 1)}`
  const why = tile.candidate ? whyOf(tile.candidate) : ""
  return (
    <Dialog title={title} isOpen onClose={onClose} wide>
      <div className="lightbox"><Thumb artifact={tile.artifact} alt={title} full /></div>
      <div className="row lightbox-foot">
        {title.startsWith("P") && <MatToggle />}
        {why !== "" && <p className="small soft">{why}</p>}
        <span className="grow" />
        {tile.candidate && <span className="mono muted">noise seed {tile.candidate.seed}</span>}
      </div>
    </Dialog>
  )
}
