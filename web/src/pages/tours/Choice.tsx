import { useLive } from "../../client/queries"
import type { RoundView } from "../../client/types"
import { tilesOf } from "../../elicitation/tiles"
import { useKeys } from "../../ui/keyboard"
import { PhaseBar } from "../../ui/PhaseBar"
import { Thumb } from "../../ui/Thumb"

interface ChoiceProps {
  question: string
  /** How many choices the tour has. */
  picks: number
  round: RoundView | undefined
  isReady: boolean
  isBusy: boolean
  onChoose: (round: RoundView, id: string) => void
}

/** The pictures of a tour's round; a press of one is the answer. */
export function Choice({ question, picks, round, isReady, isBusy, onChoose }: ChoiceProps) {
  const live = useLive(round?.job?.id)
  const isOpen = round?.state === "awaiting" && isReady && !isBusy
  const tiles = round ? tilesOf(round, 4, null, live) : []
  const choose = (index: number) => {
    const id = tiles[index]?.id
    if (round && isOpen && id) onChoose(round, id)
  }
  useKeys(Object.fromEntries(tiles.map((_, index) => [String(index + 1), () => { choose(index) }])))
  return (
    <>
      <div className="row wrap">
        <h2>{question}</h2>
        <span className="muted small" aria-live="polite">choice {round?.index ?? 1} of {picks}</span>
      </div>
      <div className="tour-grid" role="group" aria-label="Candidates" data-round={round?.index}>
        {tiles.map((tile, index) => (
          <button key={tile.slot} type="button" className="cand" aria-disabled={!isOpen} aria-label={`Picture ${String(index + 1)}`} onClick={() => { choose(index) }}>
            <Thumb artifact={tile.artifact} alt="" full />
            <kbd>{index + 1}</kbd>
          </button>
        ))}
      </div>
      {!isOpen && <PhaseBar live={live} />}
    </>
  )
}
