import { Link } from "@tanstack/react-router"
import type { RoundView } from "../../client/types"
import { lastRoundInWords, repeatInWords, roundInWords, winnersOf } from "../../elicitation/words"
import { Thumb } from "../../ui/Thumb"
import { useNoun } from "../../ui/medium"

/** What the last answer was, and what had been expected of it: told after the click, never before. */
export function LastRound({ round, sessionId }: { round: RoundView; sessionId: string }) {
  const noun = useNoun()
  const { answer } = round
  if (answer === null) return null
  const [winner] = winnersOf(answer, round.candidates)
  return (
    <p className="last-round" aria-live="polite">
      {winner && <Thumb artifact={winner.artifact} alt="" />}
      <span>
        <b>{roundInWords(round.index)}.</b> {lastRoundInWords(answer, round.candidates, noun)}{" "}
        {round.repeat && <><b>{repeatInWords(round.repeat)}</b>{" "}</>}
        {winner?.why && <span className="muted">{winner.why}</span>}
      </span>
      <span className="grow" />
      <Link to="/sessions/$sessionId" params={{ sessionId }} search={{ round: round.index }} className="button quiet">Why these?</Link>
    </p>
  )
}
