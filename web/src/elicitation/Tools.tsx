import type { Marks } from "../client/lab"
import type { CandidateView } from "../client/types"
import { Heart, Pin, Zoom } from "../ui/icons"
import { onePress } from "./press"
import type { Tagging } from "./tags"
import { TagPopover } from "./TagPopover"
import { useNoun } from "../ui/medium"

/** Sets a mark on a picture, wherever it is shown. */
export type Marking = (candidate: CandidateView, marks: Marks) => void

interface ToolsProps {
  number: number
  candidate: CandidateView | null
  /** Null where pictures can't be marked. */
  onMark: Marking | null
  /** In yes or no the heart belongs to the answer. */
  hasHeart: boolean
  tagging: Tagging
  onView: () => void
}

/** What can be done with a finished picture beside choosing it. */
export function Tools({ number, candidate, onMark, hasHeart, tagging, onView }: ToolsProps) {
  const name = `${useNoun().toLowerCase()} ${String(number)}`
  return (
    <span className="tools">
      {candidate && onMark && (
        <>
          {hasHeart && (
            <button
              type="button" data-part="mark" aria-pressed={candidate.favourite} aria-label={`Favourite: ${name}`} title="Favourite (F)"
              onClick={onePress(() => { onMark(candidate, { favourite: !candidate.favourite }) })}
            >
              <Heart full={candidate.favourite} />
            </button>
          )}
          <button
            type="button" data-part="mark" aria-pressed={candidate.pinned} aria-label={`Pin ${name}`} title="Pin: show it in every round to come (P)"
            onClick={onePress(() => { onMark(candidate, { pinned: !candidate.pinned }) })}
          >
            <Pin />
          </button>
        </>
      )}
      {candidate && tagging.open && <TagPopover number={number} id={candidate.id} tagging={tagging} />}
      <button type="button" aria-label={`View ${name} large`} title="View large (V)" onClick={onView}><Zoom /></button>
    </span>
  )
}
