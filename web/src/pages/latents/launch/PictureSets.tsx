import { latents, usePictureSets, type PictureSet } from "../../../client/latents"
import { problemOf } from "../../../client/problem"
import { Problem } from "../../../ui/Problem"
import { ImportPictures } from "./ImportPictures"

interface PictureSetsProps {
  chosen: string
  onChoose: (name: string) => void
}

/** What it can learn from, each with some of its pictures. */
export function PictureSets({ chosen, onChoose }: PictureSetsProps) {
  const sets = usePictureSets()
  return (
    <fieldset className="launch-choices">
      <legend><h2>Pictures to learn from</h2></legend>
      {sets.isError && <Problem problem={problemOf(sets.error)} onRetry={() => void sets.refetch()} />}
      {sets.isPending && <div className="skeleton choice-space" aria-busy="true" aria-label="Looking" />}
      <div className="set-cards">
        {sets.data?.map((set) => (
          <label key={set.name} className="pick-card set-card" data-chosen={set.name === chosen}>
            <input type="radio" name="data" className="hidden-visually" aria-label={set.name} aria-describedby={`set-${set.name}`} value={set.name} checked={set.name === chosen} onChange={() => { onChoose(set.name) }} />
            <img className="sprite" src={latents.previewUrl(set)} alt={`Some pictures of ${set.name}`} loading="lazy" style={{ aspectRatio: `${String(set.width * 10)} / ${String(set.height * 4)}` }} />
            <span className="choice-words">
              <strong>{set.name}</strong>
              <span className="small soft" id={`set-${set.name}`}>{factsOf(set)}</span>
              <span className="small muted source" title={set.source}>{set.own ? "Yours" : set.source}{set.licence && ` · ${set.licence}`}</span>
            </span>
          </label>
        ))}
        <ImportPictures onImported={onChoose} />
      </div>
    </fieldset>
  )
}

function factsOf({ count, width, height, channels, class_names: names }: PictureSet): string {
  const classes = names.length > 0 ? `${String(names.length)} classes` : "no labels"
  return `${count.toLocaleString("en")} pictures of ${String(width)} × ${String(height)}, ${channels === 1 ? "grey" : "colour"}, ${classes}`
}
