import { useState } from "react"
import type { AnswerView, RoundView, SessionView } from "../../client/types"
import { useStrategies } from "../../client/queries"
import { nothing } from "../../elicitation/gesture"
import { Grid } from "../../elicitation/Grid"
import { tagInWords } from "../../elicitation/tags"
import { tilesOf, type Tile } from "../../elicitation/tiles"
import type { Marking } from "../../elicitation/Tools"
import { CONFIDENCE_WORDS, lastRoundInWords, repeatInWords, roleInWords, roundInWords, STYLE_ROUND } from "../../elicitation/words"
import { Badge } from "../../ui/Badge"
import { useKeys } from "../../ui/keyboard"
import { GoBackDialog } from "./GoBackDialog"
import { Lightbox } from "./Lightbox"
import { mapOf } from "./map"
import { canBeJudged } from "./Stage"
import type { Course } from "./useCourse"
import { markMeant } from "./useRoundKeys"
import { WhatHappened } from "./WhatHappened"
import { useNoun } from "../../ui/medium"

interface PastRoundProps {
  session: SessionView
  round: RoundView
  course: Course
  onMark: Marking | null
  onBack: () => void
  onBranch: (() => void) | null
}

/** A round as it was: what was shown, what was said, what had been forecast, and why each picture was there. */
export function PastRound({ session, round, course, onMark, onBack, onBranch }: PastRoundProps) {
  const [viewed, setViewed] = useState<Tile | null>(null)
  const [pointed, setPointed] = useState<string | null>(null)
  const [isGoing, setGoing] = useState(false)
  const tiles = tilesOf(round, round.candidates.length, null, undefined)
  const isAside = round.state === "superseded"
  const said = round.answer ?? round.retracted.at(-1)
  useKeys({
    Escape: onBack,
    f: () => { markMeant(tiles, pointed, onMark, "favourite") },
    p: () => { markMeant(tiles, pointed, onMark, "pinned") },
  })
  return (
    <>
      <div className="ask">
        <h2>{roundInWords(round.index)}, as it was</h2>
        {isAside && <Badge kind="superseded">set aside</Badge>}
        <span className="grow" />
        {!isAside && round.answer && canBeJudged(session) && (
          <button type="button" className="button" disabled={course.isPending} onClick={() => { setGoing(true) }}>Go back to here…</button>
        )}
        {onBranch && <button type="button" className="button" onClick={onBranch}>Branch from here…</button>}
        <button type="button" className="button" onClick={onBack}>Back to round {session.rounds} <kbd>Esc</kbd></button>
      </div>
      {tiles.length === 0 && <p className="soft">It was set aside before it had any pictures.</p>}
      <Grid
        round={round} tiles={tiles} selection={nothing("ranking")} isOpen={false} compared={null} incumbent={null} live={undefined}
        onAct={() => undefined} onPoint={setPointed} onView={setViewed} onMark={onMark} map={mapOf(session, round)}
        tagging={{ tags: (said?.tags ?? {}) as Record<string, string[]>, opened: null, open: null, set: () => undefined }}
      />
      {round.index !== STYLE_ROUND && ( // probes are all there for one reason
        <ul className="reasons" style={{ "--count": tiles.length } as React.CSSProperties}>
          {round.candidates.map((candidate) => (
            <li key={candidate.id}><b>{roleInWords(candidate.role)}</b>{candidate.why}</li>
          ))}
        </ul>
      )}
      {said && <WhatWasSaid said={said} round={round} />}
      <WhatHappened job={round.job} />
      {isGoing && (
        <GoBackDialog session={session} round={round} course={course} onClose={() => { setGoing(false) }} />
      )}
      {viewed && <Lightbox tile={viewed} onClose={() => { setViewed(null) }} />}
    </>
  )
}

/** The answer in words, with every remark as it was written. */
function WhatWasSaid({ said, round }: { said: AnswerView; round: RoundView }) {
  const comments = said.comments as Record<string, string>
  const tags = said.tags as Record<string, string[]>
  const noun = useNoun()
  const vocabulary = useStrategies().data?.tags ?? []
  return (
    <div className="small soft said">
      <p>
        {said.retracted_at !== null && <b>Taken back: </b>}
        {lastRoundInWords(said, round.candidates, noun)}
        {round.repeat && round.answer && <> {repeatInWords(round.repeat)}</>}
        {said.confidence !== null && <> You were {said.confidence === 1 ? "guessing" : CONFIDENCE_WORDS[said.confidence - 1]}.</>}
        {said.comment !== "" && <> You noted: “{said.comment}”</>}
      </p>
      {round.candidates.map(({ id, slot }) => (tags[id] || comments[id] ? (
        <p key={id}>
          On {noun.toLowerCase()} {slot + 1}: {tags[id]?.map((tag) => tagInWords(tag, vocabulary)).join(", ")}{tags[id] && comments[id] && "; "}{comments[id] && `“${comments[id]}”`}
        </p>
      ) : null))}
    </div>
  )
}
