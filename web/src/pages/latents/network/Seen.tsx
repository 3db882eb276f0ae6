import type { Answered } from "../../../client/latents"
import type { Field, Forward } from "./answers"
import type { View } from "./Channel"

interface SeenProps {
  passed: Answered<Forward>
  heat: string
  overlay: string
  over: "input" | "recon"
  view: View
  field: Field | undefined
}

/** The picture, with what one cell of a map sees of it. */
export function Seen({ passed, heat, overlay, over, view, field }: SeenProps) {
  const [, height = 1, width = 1] = over === "input" ? (passed.json["layers.json"].data[0]?.reads ?? []) : (passed.json["layers.json"].data.at(-1)?.shape ?? [])
  const url = { picture: passed.url(`${over}.png`), heat, overlay }[view]
  const box = field?.status === "ok" ? field.bounds : null
  const share = (value: number, of: number) => `${String((100 * value) / of)}%`
  return (
    <figure className="nw-panel">
      <figcaption>{over === "input" ? "The picture" : "The reconstruction"}</figcaption>
      <div className="nw-stretch" style={{ aspectRatio: `${String(width)} / ${String(height)}` }}>
        <img src={url} alt={{ picture: "What the layer belongs to", heat: "Where the channel is warm", overlay: "The picture under the channel’s heat" }[view]} />
        {box && <i className="nw-box" style={{ left: share(box.x0, width), top: share(box.y0, height), width: share(box.x1 - box.x0 + 1, width), height: share(box.y1 - box.y0 + 1, height) }} />}
      </div>
    </figure>
  )
}
