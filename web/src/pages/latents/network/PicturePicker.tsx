import { useState } from "react"
import type { Answered, LatentRunDetail } from "../../../client/latents"
import { Dialog } from "../../../ui/Dialog"
import { configOf, epochsOf, pathOf, useRunFile, type Knn } from "../explore/files"
import { usePictures, type Pictures } from "../explore/sprite"
import type { Forward } from "./answers"
import { Crop } from "./Crop"
import type { Sheet } from "./layers"
import type { Go } from "./NetworkPage"

interface PickerProps {
  run: LatentRunDetail
  picture: number
  epoch: number
  passed: Answered<Forward> | undefined
  go: Go
}

/** Which picture goes through, and as of which epoch: by number, from all that are shown, or one that lies near. */
export function PicturePicker({ run, picture, epoch, passed, go }: PickerProps) {
  const config = configOf(run)
  const [isOpen, setOpen] = useState(false)
  const pictures = usePictures(run)
  const shown = config.viz_indices
  const last = Number((run.config.data as { count?: number }).count ?? 1) - 1
  const row = shown.indexOf(picture)
  const near = useNear(run, epoch, row)
  const choose = (next: number) => { go({ picture: next, x: undefined, y: undefined }) }
  const meta = passed?.json["forward_meta.json"]
  const label = meta?.index === picture && meta.label !== null ? (config.data.class_names[meta.label] ?? String(meta.label)) : null
  return (
    <div className="nw-picker card">
      <div className="nw-who">
        {passed && <img src={passed.url("input.png")} alt="" />}
        <div>
          <strong>Picture {picture}</strong>
          <p className="small soft">{label === null ? config.data.name : <>{config.data.name}, labelled “{label}”</>}</p>
        </div>
      </div>
      <Numbered key={picture} picture={picture} last={last} onChoose={choose} />
      {pictures && <button type="button" className="button" onClick={() => { setOpen(true) }}>Choose a picture</button>}
      <label className="nw-epoch">
        <span className="label">As of epoch</span>
        <select className="input" value={epoch} onChange={(event) => { go({ epoch: Number(event.target.value) }) }}>
          {!run.checkpoints.includes(epoch) && <option value={epoch}>{epoch} (no checkpoint)</option>}
          {run.checkpoints.map((one) => <option key={one} value={one}>{one}</option>)}
        </select>
      </label>
      {near.length > 0 && pictures && (
        <div className="nw-near">
          <span className="small soft">Near it in latent space</span>
          <ul>{near.map((one) => <li key={one}><Choice pictures={pictures} row={one} picture={shown[one] ?? 0} size={36} isChosen={false} onChoose={choose} /></li>)}</ul>
        </div>
      )}
      {pictures && (
        <Dialog title="Choose a picture" isOpen={isOpen} onClose={() => { setOpen(false) }} wide>
          <ul className="nw-all">
            {shown.map((one, i) => <li key={one}><Choice pictures={pictures} row={i} picture={one} size={40} isChosen={one === picture} onChoose={(next) => { setOpen(false); choose(next) }} /></li>)}
          </ul>
        </Dialog>
      )}
    </div>
  )
}

function Numbered({ picture, last, onChoose }: { picture: number; last: number; onChoose: (picture: number) => void }) {
  const [text, setText] = useState(String(picture))
  const number = Number(text)
  const isGood = text.trim() !== "" && Number.isInteger(number) && number >= 0 && number <= last
  return (
    <form className="nw-number" onSubmit={(event) => { event.preventDefault(); if (isGood) onChoose(number) }}>
      <label className="label" htmlFor="nw-number">Number</label>
      <input id="nw-number" className="input" inputMode="numeric" value={text} aria-invalid={!isGood} aria-describedby="nw-number-hint" onChange={(event) => { setText(event.target.value) }} />
      <span id="nw-number-hint" className={isGood ? "field-hint" : "field-error"}>0 to {last}</span>
      <button type="submit" className="button" disabled={!isGood || number === picture}>Go</button>
    </form>
  )
}

interface ChoiceProps {
  pictures: Pictures
  row: number
  picture: number
  size: number
  isChosen: boolean
  onChoose: (picture: number) => void
}

function Choice({ pictures: { url, sprite }, row, picture, size, isChosen, onChoose }: ChoiceProps) {
  const sheet: Sheet = { columns: sprite.columns, rows: sprite.rows, width: sprite.tile_width, height: sprite.tile_height, gap: 0 }
  return (
    <button type="button" className="nw-choice" aria-label={`Picture ${String(picture)}`} title={`picture ${String(picture)}`} aria-current={isChosen} onClick={() => { onChoose(picture) }}>
      <Crop url={url} sheet={sheet} index={row} size={size} />
    </button>
  )
}

/** Rows of the pictures that lie nearest, as the run's own file says. */
function useNear(run: LatentRunDetail, epoch: number, row: number): number[] {
  const at = epochsOf(run, "pca", 2).findLast((one) => one <= epoch)
  const knn = useRunFile<Knn>(run, row < 0 || at === undefined ? null : pathOf("knn", at, "pca"))
  return row < 0 ? [] : (knn.data?.data.rows[row] ?? [])
}
