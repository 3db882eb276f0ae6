import { useEffect, useRef, useState } from "react"
import { Pause, Play } from "../../../ui/icons"

interface ScrubberProps {
  epochs: readonly number[]
  epoch: number
  /** The last one that the run will have. */
  last: number
  /** Wait: what was asked for isn't drawn yet. */
  isLate: boolean
  onChange: (epoch: number) => void
  /** The one that comes next may be read. */
  onNext: (epoch: number) => void
}

const PAUSE_MS = 650

/** The epochs of a run, one by one or as a film. */
export function Scrubber({ epochs, epoch, last, isLate, onChange, onNext }: ScrubberProps) {
  const [isPlaying, setPlaying] = useState(false)
  const at = Math.max(0, epochs.indexOf(epoch))
  const next = epochs[at + 1]
  const acts = useRef({ onChange, onNext })
  useEffect(() => { acts.current = { onChange, onNext } })
  useEffect(() => {
    if (!isPlaying || isLate || next === undefined) return
    acts.current.onNext(next)
    const timer = setTimeout(() => {
      acts.current.onChange(next)
      if (next === epochs.at(-1)) setPlaying(false)
    }, PAUSE_MS)
    return () => { clearTimeout(timer) }
  }, [isPlaying, isLate, next, epochs])
  const play = () => {
    if (!isPlaying && next === undefined) onChange(epochs[0] ?? epoch)
    setPlaying(!isPlaying)
  }
  return (
    <div className="atlas-scrubber" role="group" aria-label="Epochs">
      <button type="button" className="button icon" aria-label={isPlaying ? "Pause" : "Play the epochs"} disabled={epochs.length < 2} onClick={play}>{isPlaying ? <Pause /> : <Play />}</button>
      <input
        type="range" min={0} max={Math.max(0, epochs.length - 1)} value={at} aria-label="Epoch" aria-valuetext={`epoch ${String(epoch)} of ${String(last)}`}
        onChange={(event) => { setPlaying(false); onChange(epochs[Number(event.target.value)] ?? epoch) }}
      />
      <output className="mono">epoch {epoch} <span className="muted">of {last}</span></output>
    </div>
  )
}
