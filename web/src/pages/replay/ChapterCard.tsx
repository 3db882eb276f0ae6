import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import type { CandidateView } from "../../client/types"
import { forecastOf, lastRoundInWords, roundInWords, verdictOn } from "../../elicitation/words"
import { Badge } from "../../ui/Badge"
import { percent } from "../../ui/format"
import { Thumb } from "../../ui/Thumb"
import { answerInWords, badgesOf, tookInWords, type Chapter, type StoryBadge } from "./story"
import { useNoun } from "../../ui/medium"

interface ChapterCardProps {
  chapter: Chapter
  sessionId: string
  isHere: boolean
  /** The answer is kept back for a moment while the replay plays. */
  isAsking: boolean
}

/** One round of the story: what was asked, shown, answered, forecast, and what changed. */
export function ChapterCard({ chapter, sessionId, isHere, isAsking }: ChapterCardProps) {
  const { round, question } = chapter
  return (
    <article
      id={`round-${String(round.index)}`} className="chapter card" data-here={isHere} data-asking={isAsking} aria-labelledby={`round-${String(round.index)}-title`}
    >
      <header className="row wrap">
        <h2 id={`round-${String(round.index)}-title`}>{roundInWords(round.index)}</h2>
        <span className="soft small">{question}</span>
        <span className="grow" />
        <Link to="/sessions/$sessionId/report" params={{ sessionId }} hash={`round-${String(round.index)}`} className="button quiet">Report</Link>
        <Link to="/sessions/$sessionId" params={{ sessionId }} search={{ round: round.index }} className="button quiet">
          {round.answer ? "Open as it was" : "Answer it"}
        </Link>
      </header>
      {round.candidates.length > 0 ? (
        <ol className="shown" aria-label="Pictures shown">
          {round.candidates.map((candidate, i) => <Shown key={candidate.id} candidate={candidate} number={i + 1} chapter={chapter} />)}
        </ol>
      ) : (
        <p className="soft">{round.state === "failed" ? "Its pictures could not be made." : "Its pictures are being made."}</p>
      )}
      <Told chapter={chapter} />
    </article>
  )
}

interface ShownProps {
  candidate: CandidateView
  number: number
  chapter: Chapter
}

function Shown({ candidate, number, chapter }: ShownProps) {
  const { answer } = chapter.round
  const verdict = verdictOn(answer, candidate.id)
  const forecast = forecastOf(candidate)
  const noun = useNoun().toLowerCase()
  return (
    <li data-won={verdict?.won === true}>
      <div className="frame-picture">
        <Thumb artifact={candidate.artifact} alt={`Picture ${String(number)} of round ${String(chapter.round.index)}`} />
        <span className="number" aria-hidden="true">{number}</span>
        {verdict && <span className="badge told verdict" data-won={verdict.won}>{verdict.label}</span>}
      </div>
      <div className="badges">
        {badgesOf(candidate).map((badge) => <Mark key={badge.words} badge={badge} />)}
      </div>
      {forecast && <ForecastBar share={forecast.p_best} won={verdict?.won === true} />}
      {candidate.why && <p className="why">{candidate.why}</p>}
      {candidate.error !== "" && <p className="why field-error">No {noun}: {candidate.error}</p>}
    </li>
  )
}

/** A badge; one that says where the picture came from leads there. */
function Mark({ badge: { kind, words, round } }: { badge: StoryBadge }) {
  const badge = kind === null ? <span className="badge">{words}</span> : <Badge kind={kind}>{words}</Badge>
  return round === undefined ? badge : <a href={`#round-${String(round)}`}>{badge}</a>
}

/** What was forecast before the click; told after it. */
function ForecastBar({ share, won }: { share: number; won: boolean }) {
  return (
    <div className="forecast told" data-won={won}>
      <span className="track" aria-hidden="true"><i style={{ width: percent(share).replace(/[<> ]/g, "") }} /></span>
      <span>I gave it {percent(share)}</span>
    </div>
  )
}

function Told({ chapter }: { chapter: Chapter }) {
  const { round, change, changeWords, search } = chapter
  const noun = useNoun()
  const { answer, candidates } = round
  const took = tookInWords(answer?.decision_ms ?? null)
  return (
    <dl className="told-list">
      {search && <Line name="Looked">{<span title={search.technical}>{search.words}</span>}</Line>}
      {answer && (
        <Line name="Answered" told>
          {answerInWords(answer, candidates, noun)} {took && <span className="muted">{took}</span>}
          {answer.comment !== "" && <q>{answer.comment}</q>}
        </Line>
      )}
      {answer && <Line name="Forecast" told>{lastRoundInWords(answer, candidates, noun)}</Line>}
      <Line name="Changed" told={answer !== null}><span data-change={change}>{changeWords}</span></Line>
    </dl>
  )
}

function Line({ name, told = false, children }: { name: string; told?: boolean; children: ReactNode }) {
  return (
    <div className={told ? "told" : undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
