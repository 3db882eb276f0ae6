import type { ReactNode } from "react"
import { useLab } from "../client/context"
import { PhaseBar, type Phase } from "../ui/PhaseBar"
import { Picture } from "../ui/icons"
import { useNoun } from "../ui/medium"
import { Written } from "../ui/Written"
import { onePress } from "./press"
import { TagChips } from "./TagChips"
import type { Tagging } from "./tags"
import type { Tile } from "./tiles"
import { Tools, type Marking } from "./Tools"

const NO_TAGS: Tagging = { tags: {}, opened: null, open: null, set: () => undefined }

interface CandidateProps {
  tile: Tile
  number: number
  isPressed: boolean
  isDisabled: boolean
  look?: "incumbent" | "dropped" | undefined
  /** What lies on the picture: a rank, a verdict. */
  mark?: ReactNode
  /** The line below the picture. */
  foot: ReactNode
  /** In the place of a picture that could not be made: what can be done about it. */
  again?: ReactNode
  /** Shown in its place as long as it is compared. */
  instead: string | null
  live: Phase | undefined
  onChoose: () => void
  onPoint: () => void
  onView: () => void
  /** Absent where pictures can't be marked. */
  onMark?: Marking | null
  /** Whether the answer has a heart of its own. */
  hasOwnHeart?: boolean
  tagging?: Tagging
}

/** One picture that can be chosen, from the first noisy preview to the finished render. */
export function Candidate(props: CandidateProps) {
  const { tile, number, isPressed, isDisabled, look, mark, foot, again, instead, live, onChoose, onPoint, onView, onMark = null, hasOwnHeart = false, tagging = NO_TAGS } = props
  const isReady = tile.state === "ready"
  const tags = tagging.tags[tile.id ?? ""] ?? []
  const noun = useNoun()
  return (
    <div className={isPressed ? "cand picked" : "cand"} data-slot={tile.slot} data-state={tile.state} data-look={look} onPointerEnter={onPoint} onFocus={onPoint}>
      <button
        type="button" className="face" data-choice={tile.id ?? ""} aria-pressed={isPressed} disabled={isDisabled || !isReady}
        aria-label={tile.state === "failed" || noun === "Text" ? undefined : `Picture ${String(number)}`} onClick={onePress(onChoose)}
      >
        <Face tile={tile} instead={instead} number={number} />
      </button>
      {mark}
      {isReady && <Tools number={number} candidate={tile.candidate} onMark={onMark} hasHeart={!hasOwnHeart} tagging={tagging} onView={onView} />}
      {isReady && tags.length > 0 && <TagChips tags={tags} label={`Tags on ${noun.toLowerCase()} ${String(number)}`} />}
      {tile.state === "failed" && again}
      {(tile.state === "drawing" || tile.state === "waiting") && <div className="phase"><PhaseBar live={live} label={false} /></div>}
      <div className="foot">{foot}</div>
    </div>
  )
}

function Face({ tile, instead, number }: { tile: Tile; instead: string | null; number: number }) {
  const lab = useLab()
  const noun = useNoun()
  const isText = noun === "Text"
  const artifact = instead ?? tile.artifact
  if (tile.state === "failed")
    return (
      <span className="picture" data-medium={isText ? "text" : undefined}>
        <span className="none small">{`No ${noun.toLowerCase()}`}: {tile.candidate?.error || "it failed"}</span>
      </span>
    )
  if (isText)
    return (
      <span className="picture" data-medium="text" data-artifact={artifact ?? undefined}>
        <span className="hidden-visually">Text {number}</span>
        {artifact !== null && <Written key={artifact} artifact={artifact} />}
      </span>
    )
  return (
    <span className="picture" data-artifact={artifact ?? undefined}>
      {artifact !== null ? (
        <img key={artifact} src={lab.artifactUrl(artifact)} alt={`Picture ${String(number)}`} decoding="sync" draggable={false} />
      ) : tile.preview !== null ? (
        <img src={tile.preview} alt={`Picture ${String(number)}, being drawn`} className="preview" />
      ) : (
        <span className="none"><Picture /></span>
      )}
    </span>
  )
}
