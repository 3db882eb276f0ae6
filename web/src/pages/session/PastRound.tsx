import { useState } from "react"
import type { RoundView, SessionView } from "../../client/types"
import { nothing } from "../../elicitation/gesture"
import { Grid } from "../../elicitation/Grid"
import { tilesOf, type Tile } from "../../elicitation/tiles"
import { lastRoundInWords, roleInWords } from "../../elicitation/words"
import { useKeys } from "../../ui/keyboard"
import { Lightbox } from "./Lightbox"

interface PastRoundProps {
  session: SessionView
  round: RoundView
  onBack: () => void
}

/** A round as it was: what was shown, what was said, what had been forecast, and why each picture was there. */
export function PastRound({ session, round, onBack }: PastRoundProps) {
  const [viewed, setViewed] = useState<Tile | null>(null)
  const tiles = tilesOf(round, round.candidates.length, null, undefined)
  useKeys({ Escape: onBack })
  return (
    <>
      <div className="ask">
        <h2>Round {round.index}, as it was</h2>
        <span className="grow" />
        <button type="button" className="button" onClick={onBack}>Back to round {session.rounds} <kbd>Esc</kbd></button>
      </div>
      <Grid
        round={round} tiles={tiles} selection={nothing("ranking")} isOpen={false} compared={null} incumbent={null} live={undefined}
        onAct={() => undefined} onPoint={() => undefined} onView={setViewed}
      />
      <ul className="reasons" style={{ "--count": tiles.length } as React.CSSProperties}>
        {round.candidates.map((candidate) => <li key={candidate.id}><b>{roleInWords(candidate.role)}</b>{candidate.why}</li>)}
      </ul>
      {round.answer && (
        <p className="small soft said">
          {lastRoundInWords(round.answer, round.candidates)}
          {round.answer.comment !== "" && <> You noted: “{round.answer.comment}”</>}
        </p>
      )}
      {viewed && <Lightbox tile={viewed} onClose={() => { setViewed(null) }} />}
    </>
  )
}
