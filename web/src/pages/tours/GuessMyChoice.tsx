import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { Series } from "../../charts/Series"
import { useLab } from "../../client/context"
import { problemOf, problemOfJob } from "../../client/problem"
import { sessionQuery } from "../../client/queries"
import type { Draft, RoundView, SessionView } from "../../client/types"
import { lastRoundInWords } from "../../elicitation/words"
import { percent } from "../../ui/format"
import { Problem } from "../../ui/Problem"
import { useKept } from "../../ui/storage"
import { Choice } from "./Choice"
import { guessesOf, outcome, type Guess } from "./guess"
import { GUESS } from "./names"
import { useTourActs } from "./useTourActs"
import "./tours.css"

const PICKS = 5
const DRAFT: Draft = { model: "starter", name: GUESS, dimension: "quick look", request: { prompt: "a fox" } }

/** A one-minute tour: five choices by one's own taste, each forecast before the click and told after it. */
export function GuessMyChoice() {
  const lab = useLab()
  const [sessionId, setSessionId] = useKept<string | null>(sessionStorage, "tour.guess", null)
  const session = useQuery({ ...sessionQuery(lab, sessionId ?? ""), enabled: sessionId !== null })
  const { start, choose, again } = useTourActs(DRAFT, PICKS, sessionId ?? undefined, setSessionId)
  const leave = () => { setSessionId(null) }
  const seen = sessionId === null ? undefined : session.data
  const failed = seen?.round_views.at(-1)?.job?.error
  const refused = [start, session, choose, again].find(({ isError }) => isError)?.error
  const problem = refused ? problemOf(refused) : failed ? problemOfJob(failed) : undefined
  const retry = () => {
    if (start.isError) start.mutate()
    else if (failed) again.mutate()
    else void session.refetch()
  }
  return (
    <div className="page tour">
      <div className="page-head">
        <h1>{GUESS}</h1>
        <span className="muted small">a tour of one minute</span>
        <span className="grow" />
        {seen && <button type="button" className="button quiet" onClick={leave}>Start over</button>}
      </div>
      {problem && <Problem problem={problem} onRetry={retry} />}
      {seen ? (
        <Board session={seen} isBusy={choose.isPending} onChoose={choose.mutate} onAgain={() => { leave(); start.mutate() }} />
      ) : sessionId === null ? (
        <Opening isStarting={start.isPending} onStart={() => { start.mutate() }} />
      ) : (
        <div aria-busy="true" />
      )}
    </div>
  )
}

function Opening({ isStarting, onStart }: { isStarting: boolean; onStart: () => void }) {
  return (
    <div className="tour-opening">
      <p>
        Make up your mind what sort of fox you like: brighter, darker, softer. Then choose it among four, <strong>five times</strong>, and
        say nothing else.
      </p>
      <p>
        Before each of your choices Pilotage writes down how likely it holds each picture to be yours, and shows it to you only afterwards.
        Does it come to know you?
      </p>
      <div className="row">
        <button type="button" className="button primary large" disabled={isStarting} onClick={onStart}>{isStarting ? "Starting…" : "Show me foxes"}</button>
      </div>
      <p className="small muted">Drawn by the starter, the small picture model that comes with Pilotage.</p>
    </div>
  )
}

interface BoardProps {
  session: SessionView
  isBusy: boolean
  onChoose: (chosen: { round: RoundView; id: string }) => void
  onAgain: () => void
}

function Board({ session, isBusy, onChoose, onAgain }: BoardProps) {
  const guesses = guessesOf(session.round_views)
  const answered = session.round_views.findLast(({ answer }) => answer !== null)
  return (
    <div className="tour-board alone">
      <section className="tour-ask" aria-label="Your turn">
        {session.answers >= PICKS ? (
          <Ending guesses={guesses} sessionId={session.id} onAgain={onAgain} />
        ) : (
          <Choice
            question="Which do you like best?" picks={PICKS} round={session.round_views.at(-1)} isReady isBusy={isBusy}
            onChoose={(round, id) => { onChoose({ round, id }) }}
          />
        )}
      </section>
      {answered?.answer && (
        <section className="tour-told" aria-label="What it had forecast">
          <p role="status">{lastRoundInWords(answered.answer, answered.candidates)}</p>
          <Series
            title="Does it know you?" reading="What I gave your choice before you made it, against a blind guess."
            lines={[
              { name: "your choice", points: guesses.map(({ index, given }) => [index, given]) },
              { name: "a blind guess", points: guesses.map(({ index, blind }) => [index, blind]) },
            ]}
            over="choice" file="guesses" placeInWords={(index) => `choice ${String(index)}`} valueInWords={percent}
          />
        </section>
      )}
    </div>
  )
}

function Ending({ guesses, sessionId, onAgain }: { guesses: Guess[]; sessionId: string; onAgain: () => void }) {
  return (
    <div className="tour-ending" role="status">
      <h2>{outcome(guesses)}</h2>
      <p className="soft">
        Five choices are few, and a taste that changes can’t be guessed. In a session of your own the same forecasts stand below each picture
        once you have chosen, and its report adds them up.
      </p>
      <div className="row wrap">
        <Link to="/" className="button primary">Steer a picture of your own</Link>
        <button type="button" className="button" onClick={onAgain}>Other foxes</button>
        <Link to="/sessions/$sessionId/report" params={{ sessionId }} className="button quiet">Read what happened</Link>
      </div>
    </div>
  )
}
