import { useState } from "react"
import type { LatentRunDetail } from "../../../client/latents"
import { Segmented } from "../../../ui/Segmented"
import { configOf, epochsOf, type Method } from "../explore/files"
import type { Colour } from "../explore/address"
import { rowsOf } from "../explore/selecting"
import { ChosenCard } from "./ChosenCard"
import { Curves } from "./Curves"
import { Figures, Knobs } from "./Tables"
import { LinkedMap } from "./LinkedMap"
import { sharedOf } from "./sides"

/** What is chosen is kept as pictures of the set: each run has rows of its own for them. */
export interface Linked {
  here: number | null
  chosen: readonly number[]
}

/** The maps of two runs, linked, and all in which the runs differ. */
export function Sides({ a, b }: { a: LatentRunDetail; b: LatentRunDetail }) {
  const runs = [a, b] as const
  const [linked, setLinked] = useState<Linked>({ here: null, chosen: [] })
  const [isLasso, setLasso] = useState(false)
  const [wanted, setWanted] = useState<Method>("umap")
  const [colour, setColour] = useState<Colour>("label")
  const methods = (["umap", "pca"] as const).filter((method) => runs.every((run) => epochsOf(run, method, 2).length > 0))
  const method = methods.includes(wanted) ? wanted : (methods[0] ?? "pca")
  const shared = sharedOf(configOf(a), configOf(b))
  const colours = [
    { value: "label", label: "label" }, ...(runs.every(({ kind }) => kind === "gmvae") ? [{ value: "component", label: "component" } as const] : []), { value: "lost", label: "neighbours lost" },
  ] as const
  return (
    <>
      <div className="row wrap compare-tools">
        <Segmented label="Pointer" value={isLasso ? "lasso" : "move"} options={[{ value: "move", label: "Move" }, { value: "lasso", label: "Lasso" }]} onChange={(value) => { setLasso(value === "lasso") }} />
        <Segmented label="Method" value={method} options={methods.map((value) => ({ value, label: value.toUpperCase() }))} onChange={setWanted} />
        <Segmented label="Colour by" value={colour} options={colours} onChange={setColour} />
        <span className="soft small grow">{shared > 0 ? `${String(shared)} pictures are on both maps.` : "These runs learned from other pictures: their maps can’t be linked."}</span>
      </div>
      <div className="compare-maps">
        {runs.map((run, side) => (
          <LinkedMap
            key={run.id} name={side === 0 ? "A" : "B"} run={run} method={method} colour={colour} isLasso={isLasso}
            here={rowsOf(configOf(run), linked.here === null ? [] : [linked.here])[0] ?? null} chosen={linked.chosen}
            onHover={(here) => { setLinked((now) => ({ ...now, here })) }} onChoose={(chosen) => { setLinked((now) => ({ ...now, chosen })) }}
          />
        ))}
      </div>
      {linked.chosen.length > 0 && <ChosenCard runs={runs} pictures={linked.chosen} method={method} onClear={() => { setLinked({ here: null, chosen: [] }) }} />}
      <div className="compare-tables"><Knobs a={a} b={b} /><Figures a={a} b={b} /></div>
      <Curves a={a} b={b} />
    </>
  )
}
