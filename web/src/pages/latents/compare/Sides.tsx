import { useState } from "react"
import type { LatentRunDetail } from "../../../client/latents"
import { Segmented } from "../../../ui/Segmented"
import { configOf, epochsOf, type Method } from "../explore/files"
import type { Colour } from "../explore/address"
import { rowsOf } from "../explore/selecting"
import { ChosenCard, type Side } from "./ChosenCard"
import { Curves } from "./Curves"
import { Figures, Knobs } from "./Tables"
import { LinkedMap } from "./LinkedMap"
import { marked, sharedOf, UNMARKED, type Marks } from "./sides"

/** The maps of two runs, linked where they are of the same pictures, and all in which the runs differ. */
export function Sides({ a, b }: { a: LatentRunDetail; b: LatentRunDetail }) {
  const runs = [a, b] as const
  const [marks, setMarks] = useState<readonly Marks[]>([UNMARKED, UNMARKED])
  const [isLasso, setLasso] = useState(false)
  const [wanted, setWanted] = useState<Method>("umap")
  const [colour, setColour] = useState<Colour>("label")
  const methods = (["umap", "pca"] as const).filter((method) => runs.every((run) => epochsOf(run, method, 2).length > 0))
  const method = methods.includes(wanted) ? wanted : (methods[0] ?? "pca")
  const shared = sharedOf(configOf(a), configOf(b))
  const areLinked = shared > 0
  const mark = (side: number, change: Partial<Marks>) => { setMarks((now) => marked(now, side, change, areLinked)) }
  const sides: [Side, Side] = [{ name: "A", run: a }, { name: "B", run: b }]
  const cards: [Side, ...Side[]][] = areLinked ? [sides] : sides.map((side) => [side])
  const colours = [
    { value: "label", label: "label" }, ...(runs.every(({ kind }) => kind === "gmvae") ? [{ value: "component", label: "component" } as const] : []), { value: "lost", label: "neighbours lost" },
  ] as const
  return (
    <>
      <div className="row wrap compare-tools">
        <Segmented label="Pointer" value={isLasso ? "lasso" : "move"} options={[{ value: "move", label: "Move" }, { value: "lasso", label: "Lasso" }]} onChange={(value) => { setLasso(value === "lasso") }} />
        <Segmented label="Method" value={method} options={methods.map((value) => ({ value, label: value.toUpperCase() }))} onChange={setWanted} />
        <Segmented label="Colour by" value={colour} options={colours} onChange={setColour} />
        <span className="soft small grow">{areLinked ? `${String(shared)} pictures are on both maps.` : "No picture is on both maps: they can’t be linked."}</span>
      </div>
      <div className="compare-maps">
        {sides.map(({ name, run }, side) => {
          const { here, chosen } = marks[side] ?? UNMARKED
          return (
            <LinkedMap
              key={run.id} name={name} run={run} method={method} colour={colour} isLasso={isLasso}
              here={rowsOf(configOf(run), here === null ? [] : [here])[0] ?? null} chosen={chosen}
              onHover={(picture) => { mark(side, { here: picture }) }} onChoose={(pictures) => { mark(side, { chosen: pictures }) }}
            />
          )
        })}
      </div>
      {cards.map((of, side) => {
        const { chosen } = marks[side] ?? UNMARKED
        return chosen.length > 0 && <ChosenCard key={side} sides={of} pictures={chosen} method={method} onClear={() => { mark(side, { here: null, chosen: [] }) }} />
      })}
      <div className="compare-tables"><Knobs a={a} b={b} /><Figures a={a} b={b} /></div>
      <Curves a={a} b={b} />
    </>
  )
}
