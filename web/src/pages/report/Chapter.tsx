import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import type { QueryKind, Said, Story, StoryChapter, StoryPicture } from "../../client/types"
import { QUERY_WORDS, repeatInWords, roundInWords } from "../../elicitation/words"
import { Badge } from "../../ui/Badge"
import { percent, seconds } from "../../ui/format"
import { useNoun } from "../../ui/medium"
import { Thumb } from "../../ui/Thumb"
import { answerInWords, changeInWords, forecastInWords, mannerInWords, movesInWords } from "./words"

interface ChapterProps {
  chapter: StoryChapter
  story: Story
  isAside?: boolean
}

/** One round: what was shown and asked, what was said of it, forecast and changed, and how it was made. */
export function Chapter({ chapter, story, isAside = false }: ChapterProps) {
  const id = isAside ? `aside-${chapter.id}` : `round-${String(chapter.index)}`
  const moves = movesInWords(chapter, story)
  return (
    <section id={id} className="card report-card" data-aside={isAside} aria-labelledby={`${id}-title`}>
      <header className="row wrap">
        <h2 id={`${id}-title`}>{roundInWords(chapter.index)}{isAside && ", set aside"}</h2>
        <span className="soft small">{chapter.prompt != null && `“${chapter.prompt}” `}{QUERY_WORDS[chapter.asked as QueryKind].question}</span>
        <span className="grow" />
        <Link to="/diagnostics" search={{ session: story.session_id, round: chapter.index, ...(isAside ? { take: chapter.take } : {}) }} className="button quiet">Diagnostics</Link>
        {!isAside && <Ways sessionId={story.session_id} index={chapter.index} />}
      </header>
      <ol className="report-pictures" aria-label="Pictures shown">
        {chapter.pictures.map((picture) => <Shown key={picture.id} picture={picture} index={chapter.index} />)}
      </ol>
      <dl className="facts">
        <Fact name="Answered">{chapter.answer ? <Words said={chapter.answer} chapter={chapter} /> : isAside ? null : "Not yet."}</Fact>
        <Fact name="Shown again">{chapter.repeat_of == null || !chapter.answer ? null : repeatInWords({ index: chapter.repeat_of, same: chapter.same_again ?? null })}</Fact>
        {chapter.retracted.map((said) => <Fact key={said.id} name="Taken back"><Words said={said} chapter={chapter} /></Fact>)}
        <Fact name="Forecast">{forecastInWords(chapter)}</Fact>
        <Fact name="Changed">{changeInWords(chapter)}</Fact>
        <Fact name="Belief moved">{moves.length > 0 ? moves.join(" · ") : null}</Fact>
        <Fact name="Failed">{chapter.error ? String(chapter.error.message) : null}</Fact>
        <Fact name="Made">{chapter.work && <Made work={chapter.work} />}</Fact>
      </dl>
    </section>
  )
}

/** The same round elsewhere. */
function Ways({ sessionId, index }: { sessionId: string; index: number }) {
  return (
    <>
      <Link to="/sessions/$sessionId" params={{ sessionId }} search={{ round: index }} className="button quiet">Open as it was</Link>
      <Link to="/sessions/$sessionId/replay" params={{ sessionId }} hash={`round-${String(index)}`} className="button quiet">Replay it</Link>
    </>
  )
}

function Shown({ picture, index }: { picture: StoryPicture; index: number }) {
  const noun = useNoun().toLowerCase()
  return (
    <li data-won={picture.chosen}>
      <Thumb artifact={picture.artifact} alt={`Picture ${String(picture.place)} of round ${String(index)}`} />
      <div className="badges">
        {picture.chosen && <span className="badge win">chosen</span>}
        {picture.badges.map((badge) => <Badge key={badge} kind={badge} />)}
      </div>
      {picture.p_best !== null && <p className="small soft">I gave it {percent(picture.p_best)}</p>}
      {picture.why && <p className="small muted">{picture.why}</p>}
      {picture.first_round !== index && <a className="small" href={`#round-${String(picture.first_round)}`}>first shown in round {picture.first_round}</a>}
      {picture.tags.length > 0 && <p className="small soft">{picture.tags.map((tag) => tag.replaceAll("_", " ")).join(" · ")}</p>}
      {picture.comment !== "" && <q className="small">{picture.comment}</q>}
      {picture.error !== "" && <p className="field-error">No {noun}: {picture.error}</p>}
    </li>
  )
}

function Words({ said, chapter }: { said: Said; chapter: StoryChapter }) {
  const noun = useNoun()
  const manner = mannerInWords(said)
  return (
    <>
      {answerInWords(said, chapter.pictures, noun)} {manner.length > 0 && <span className="muted">({manner.join("; ")})</span>}
      {said.comment !== "" && <q>{said.comment}</q>}
      <details>
        <summary className="muted">The raw gesture</summary>
        <pre>{JSON.stringify({ kind: said.kind, answer: said.answer, gesture: said.gesture }, null, 2)}</pre>
      </details>
    </>
  )
}

function Made({ work }: { work: NonNullable<StoryChapter["work"]> }) {
  return (
    <details>
      <summary>{work.state} {work.device && `on ${work.device}`} {work.seconds !== null && `in ${seconds(1000 * work.seconds)}`}</summary>
      <ul className="small soft">
        {work.phases.map(([phase, at, took]) => <li key={String(at)}>{phase}{typeof took === "number" && `: ${seconds(1000 * took)}`}</li>)}
      </ul>
    </details>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return children === null || children === undefined ? null : <><dt>{name}</dt><dd>{children}</dd></>
}
