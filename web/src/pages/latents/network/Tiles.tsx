import type { KeyboardEvent } from "react"
import type { Layer } from "./answers"
import { Crop } from "./Crop"
import { columnsFor, nameOfLayer, sheetOf } from "./layers"

interface TilesProps {
  layer: Layer
  url: string
  /** None unless the layer is the one that is looked at. */
  chosen: number | null
  onChoose: (channel: number) => void
}

/** The maps of a layer as small pictures; arrow keys walk among them. */
export function Tiles({ layer, url, chosen, onChoose }: TilesProps) {
  const count = layer.shape[0] ?? 0
  const columns = columnsFor(count)
  const sheet = sheetOf(layer.shape)
  const size = count > 32 ? 18 : count > 8 ? 22 : count > 2 ? 38 : 64
  const onKey = (event: KeyboardEvent<HTMLUListElement>) => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }
    const step = steps[event.key]
    const at = Number((event.target as HTMLElement).dataset.channel)
    if (step === undefined || Number.isNaN(at) || at + step < 0 || at + step >= count) return
    event.preventDefault()
    const next = event.currentTarget.querySelector<HTMLElement>(`[data-channel="${String(at + step)}"]`)
    next?.focus()
    onChoose(at + step)
  }
  return (
    <ul className="nw-tiles" style={{ gridTemplateColumns: `repeat(${String(columns)}, max-content)` }} onKeyDown={onKey}>
      {Array.from({ length: count }, (_, channel) => (
        <li key={channel}>
          <button
            type="button" data-channel={channel} data-tile={`${layer.layer_id}/${String(channel)}`} tabIndex={channel === (chosen ?? 0) ? 0 : -1}
            aria-label={`Channel ${String(channel)} of ${nameOfLayer(layer.layer_id)}`} aria-pressed={channel === chosen} onClick={() => { onChoose(channel) }}
          >
            <Crop url={url} sheet={sheet} index={channel} size={size} />
          </button>
        </li>
      ))}
    </ul>
  )
}
