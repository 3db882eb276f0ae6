import { Pause, Play } from "../../../ui/icons"
import type { EpochCursor } from "./useEpoch"

interface TimelineProps {
  cursor: EpochCursor
  epochs: number
  pretrained: number
  isRunning: boolean
}

/** The epochs of a run: any of them again, one after the other, or the newest as it comes. */
export function Timeline({ cursor, epochs, pretrained, isRunning }: TimelineProps) {
  const { epoch, last, isFollowing, isPlaying, go, play } = cursor
  if (last === null || epoch === null) return null
  const stage = epoch <= pretrained ? "learning to draw, no mixture yet" : ""
  return (
    <section className="timeline" aria-label="Epochs">
      <button type="button" className="button icon" aria-label={isPlaying ? "Pause" : "Play the epochs"} disabled={last < 2} onClick={play}>
        {isPlaying ? <Pause /> : <Play />}
      </button>
      <div className="track" style={{ "--there": `${String((100 * (last - 1)) / Math.max(1, epochs - 1))}%`, "--pretrained": `${String((100 * Math.max(0, pretrained - 1)) / Math.max(1, epochs - 1))}%` } as React.CSSProperties}>
        <input
          type="range" aria-label="Epoch" min={1} max={epochs} step={1} value={epoch} aria-valuetext={`epoch ${String(epoch)} of ${String(epochs)}`}
          onChange={(event) => { const next = Math.min(last, Number(event.target.value)); go(next === last && isRunning ? null : next) }}
        />
      </div>
      <output className="at"><strong>Epoch {epoch}</strong> of {epochs}{stage && <small>{stage}</small>}</output>
      {isRunning && (
        <button type="button" className="chip" aria-pressed={isFollowing} onClick={() => { go(isFollowing ? epoch : null) }}>
          <i className="live-dot" />Follow
        </button>
      )}
    </section>
  )
}
