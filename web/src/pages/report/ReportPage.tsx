import { Link, useParams } from "@tanstack/react-router"
import { useEffect } from "react"
import { problemOf } from "../../client/problem"
import { useStory } from "../../client/queries"
import type { Story } from "../../client/types"
import { count } from "../../ui/format"
import { MediumContext, mediumOf } from "../../ui/medium"
import { Problem } from "../../ui/Problem"
import { Carry } from "./Carry"
import { Chapter } from "./Chapter"
import { Converged } from "./Converged"
import "./report.css"
import { calibrationInWords } from "./words"

/** A session's story, whole and still: the page that a bundle's report.html shows elsewhere. */
export function ReportPage() {
  const { sessionId = "" } = useParams({ strict: false })
  const story = useStory(sessionId)
  if (story.data) return <MediumContext value={mediumOf(story.data.model)}><Report story={story.data} /></MediumContext>
  return (
    <div className="page narrow" aria-busy={story.isPending}>
      {story.isError
        ? <Problem problem={problemOf(story.error)} onRetry={() => void story.refetch()} />
        : <div className="skeleton report-space" aria-label="Reading the session" />}
    </div>
  )
}

function Report({ story }: { story: Story }) {
  const id = story.session_id
  useEffect(() => {
    document.getElementById(window.location.hash.slice(1))?.scrollIntoView({ block: "start" })
  }, [])
  return (
    <div className="page report">
      <div className="page-head">
        <div className="grow">
          <h1>“{story.name}”</h1>
          <p className="soft small">
            {[count(story.chapters.length, "round"), count(story.renders, mediumOf(story.model) === "text" ? "text" : "picture"), `seed ${String(story.seed)}`].join(" · ")}
          </p>
        </div>
        <Link to="/diagnostics" className="button quiet">Diagnostics</Link>
        <Link to="/sessions/$sessionId/replay" params={{ sessionId: id }} className="button">Replay</Link>
        <Link to="/sessions/$sessionId" params={{ sessionId: id }} className="button">Session</Link>
      </div>
      <Carry sessionId={id} />
      <Short story={story} />
      <Converged sessionId={id} />
      {story.chapters.map((chapter) => <Chapter key={chapter.id} chapter={chapter} story={story} />)}
      {story.aside.length > 0 && <h2>Set aside</h2>}
      {story.aside.map((chapter) => <Chapter key={chapter.id} chapter={chapter} story={story} isAside />)}
    </div>
  )
}

/** In short: what it was about, how the forecasts fared, where the best came from. */
function Short({ story }: { story: Story }) {
  return (
    <section className="card report-card" aria-label="In short">
      <dl className="facts">
        <dt>Prompt</dt><dd>{story.prompt}</dd>
        <dt>Model</dt><dd>{[story.model, story.device].filter(Boolean).join(" on ")}</dd>
        <dt>Method</dt><dd>{`${story.sampler}, ${story.preference_model}; ${count(story.dimension, "axis", "axes")}`}</dd>
        <dt>Forecasts</dt><dd>{calibrationInWords(story)}</dd>
        {story.outcome !== "" && <><dt>How it ended</dt><dd><q>{story.outcome}</q></dd></>}
        {story.lineage.length > 0 && (
          <>
            <dt>Where it came from</dt>
            <dd>{story.lineage.map(({ round, candidate_id }, i) => (
              <span key={candidate_id}>{i > 0 && " → "}<a href={`#round-${String(round)}`}>round {round}</a></span>
            ))}</dd>
          </>
        )}
      </dl>
    </section>
  )
}
