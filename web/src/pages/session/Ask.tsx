import type { QueryKind, RoundView, SessionView } from "../../client/types"
import { waysIn } from "../../elicitation/answer"
import { WayIcon } from "../../elicitation/WayIcon"
import { QUERY_WORDS, roundInWords, STYLE_ROUND } from "../../elicitation/words"
import { mediumOf } from "../../ui/medium"
import { Segmented } from "../../ui/Segmented"
import { MatToggle } from "./MatToggle"

interface AskProps {
  session: SessionView
  round: RoundView
  kind: QueryKind
  isWorking: boolean
  hasEnded: boolean
  onMode: (kind: QueryKind) => void
}

/** The question of the round, and the ways to answer it. */
export function Ask({ session, round, kind, isWorking, hasEnded, onMode }: AskProps) {
  const { ways } = waysIn(round.query_kinds as QueryKind[])
  const isText = mediumOf(session.model) === "text"
  const isAsking = !isWorking && !hasEnded && !session.read_only && session.state !== "completed" && round.answer === null
  return (
    <div className="ask">
      {isAsking && <WayIcon kind={kind} />}
      <h2 aria-live="polite">{questionIn(session, round, kind, isWorking, hasEnded)}</h2>
      <span className="grow" />
      {!isText && <MatToggle />}
      {ways.length > 1 && !session.read_only && (
        <Segmented label="How to answer" value={kind} options={ways.map((value) => ({ value, label: QUERY_WORDS[value].short }))} onChange={onMode} />
      )}
      {isText && <p className="asked">“{round.prompt}”</p>}
    </div>
  )
}

function questionIn({ model, state, read_only, incumbent_id: best }: SessionView, round: RoundView, kind: QueryKind, isWorking: boolean, hasEnded: boolean): string {
  if (state === "completed") return "You finished this session."
  if (read_only) return `${roundInWords(round.index)}, as it came`
  if (state === "paused" && round.answer) return "Your answer is kept."
  if (state === "paused" && hasEnded) return "This round waits until you resume."
  if (hasEnded) return mediumOf(model) === "text" ? "This round has no texts." : "This round has no pictures."
  if (!isWorking && kind === "versus" && best === null) return "Does any of these beat the first?"
  if (round.index === STYLE_ROUND && isWorking) return "Drawing pictures from all over the space…"
  if (round.index === STYLE_ROUND && kind === "shortlist") return "Which of these do you like? Keep about five."
  if (!isWorking) return QUERY_WORDS[kind].question
  if (mediumOf(model) === "text") return round.index === 1 ? "Writing the first texts…" : "Writing the next round…"
  return round.index === 1 ? "Drawing the first pictures…" : "Drawing the next round…"
}
