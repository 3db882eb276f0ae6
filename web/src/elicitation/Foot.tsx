import type { RoundView } from "../client/types"
import { percent } from "../ui/format"
import { useNoun } from "../ui/medium"
import { Badges } from "./Badges"
import { Choices, favouriteChoice, verdictChoices, worstChoices, yesNoChoices, type Choice } from "./Choices"
import { mayBeFavourite, type Doing, type Selection } from "./gesture"
import { Stars } from "./Stars"
import type { Tile } from "./tiles"
import { forecastOf, roleInWords, verdictOn } from "./words"

const OPEN_ROLES = ["baseline", "incumbent", "pinned"] // they have badges of their own

interface FootProps {
  tile: Tile
  number: number
  round: RoundView
  selection: Selection
  isOpen: boolean
  isCompared: boolean
  /** In a versus, the one that the others stand against. */
  isIncumbent: boolean
  onAct: (act: Doing) => void
}

/** The line below a picture: what can be said of it, or what it is and what was said. */
export function Foot(props: FootProps) {
  const { tile, number, round, selection, isOpen, isCompared, isIncumbent, onAct } = props
  const { candidate, id } = tile
  const isJudged = isOpen && id !== null && tile.state === "ready"
  const label = `${useNoun()} ${String(number)}`
  if (isCompared) return <span className="badge win">your best so far</span>
  if (isJudged && selection.kind === "ratings")
    return <Stars label={label} value={selection.stars[id] ?? 0} isDisabled={false} onRate={(stars) => { onAct({ type: "rate", id, stars }) }} />
  const choices = isJudged && !isIncumbent ? choicesOn(selection, id, onAct) : []
  const verdict = verdictOn(round.answer, id ?? "")
  const role = candidate?.role && !OPEN_ROLES.includes(candidate.role) ? roleInWords(candidate.role) : null
  const forecast = candidate ? forecastOf(candidate) : null
  if (choices.length > 0) return <Choices label={label} choices={choices} />
  return (
    <>
      {verdict && <span className={verdict.won ? "badge win" : "badge"}>{verdict.label}</span>}
      {(candidate ?? tile.artifact) !== null && <Badges candidate={candidate} sessionId={round.session_id} />}
      {role && !verdict && !forecast && <span className="badge">{role}</span>}
      {forecast && <span className="gave" title={`I gave it ${percent(forecast.p_best)}`}><span>I gave it </span>{percent(forecast.p_best)}</span>}
      <span className="grow" />
      {isJudged && !isIncumbent && selection.kind !== "undecided" && <kbd>{number}</kbd>}
    </>
  )
}

/** The buttons of the ways that judge each picture for itself. */
function choicesOn(selection: Selection, id: string, onAct: (act: Doing) => void): Choice[] {
  const favourite = (words: string) => favouriteChoice(words, selection.favourite === id, () => { onAct({ type: "favourite", id }) })
  const mayBe = mayBeFavourite(selection, id)
  switch (selection.kind) {
    case "approval":
      return [...yesNoChoices(selection.approved[id], (yes) => { onAct({ type: "approve", id, yes }) }), favourite("Favourite")]
    case "shortlist":
      return mayBe ? [favourite("Favourite of the shortlist")] : []
    case "versus":
      return [...verdictChoices(selection.verdicts[id], (verdict) => { onAct({ type: "judge", id, verdict }) }), ...(mayBe ? [favourite("Best of them")] : [])]
    case "worst":
      return worstChoices(selection.worst === id, mayBe && selection.favourite === id, () => { onAct({ type: "drop", id }) }, () => { onAct({ type: "favourite", id }) })
    default:
      return []
  }
}
