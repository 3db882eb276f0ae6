import { useQuery } from "@tanstack/react-query"
import { useEffect, useRef } from "react"
import { language, type AxisView, type ProfileView } from "../../client/language"
import { problemOf } from "../../client/problem"
import { count } from "../../ui/format"
import { useKeys } from "../../ui/keyboard"
import { Problem } from "../../ui/Problem"
import { Uncertain } from "../../ui/Uncertain"
import { CalibrateInSession } from "./CalibrateInSession"
import { isReady } from "./doses"
import { toldAxes } from "./learned"
import { Text } from "./Text"
import { useTold } from "./useProfile"
import { useSpoken } from "./useSpoken"

interface CalibrateProps {
  model: string
  axes: AxisView[]
  profile: ProfileView | undefined
  /** The person's own messages: what is compared should be what is wanted of the model. */
  prompts: string[]
}

/** Two texts, one key: the profile finds the doses that suit. */
export function Calibrate({ model, axes, profile, prompts }: CalibrateProps) {
  if (!profile) return <p className="soft">Choose a profile on the side, or begin a new one: what you answer here is kept in it.</p>
  const ready = axes.filter((axis) => isReady(axis) && profile.axes.includes(axis.name))
  if (ready.length === 0) return <p className="soft">None of this profile’s axes is measured with this model yet. Measure one on the side, or begin a new profile.</p>
  const asked = toldAxes(ready.map(({ name }) => name), profile)
  if (asked.length === 0) return <p className="soft">This profile steers {count(profile.max_active, "axis", "axes")} already, and none of them is measured with this model. Begin a new profile.</p>
  return <Section model={model} axes={ready.filter(({ name }) => asked.includes(name))} profile={profile} prompts={prompts} />
}

type SectionProps = CalibrateProps & { profile: ProfileView }

/** What stays from one comparison to the next, and takes the focus that the answered one had. */
function Section({ profile, ...rest }: SectionProps) {
  const told = useTold(profile.id)
  const section = useRef<HTMLElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const seen = useRef(profile.newest)
  useEffect(() => {
    const isNext = seen.current !== profile.newest
    seen.current = profile.newest
    const focused = document.activeElement
    if (isNext && (focused === document.body || section.current?.contains(focused))) heading.current?.focus()
  }, [profile.newest])
  const last = profile.events.findLastIndex(({ kind }) => kind === "compared" || kind === "amount")
  const canUndo = last >= 0 && last === profile.events.length - 1 && !told.isPending
  const undo = () => { if (canUndo) told.tell([{ kind: "taken_back", event: last }]) }
  useKeys({ z: undo })
  return (
    <section ref={section} className="column calibrate" aria-label="Calibrate">
      <div className="row">
        <h2 ref={heading} className="grow" tabIndex={-1}>Which is closer to what you want?</h2>
        <CalibrateInSession model={rest.model} axes={rest.axes} prompts={rest.prompts} />
        <button type="button" className="button quiet" disabled={!canUndo} onClick={undo}>Undo <kbd>Z</kbd></button>
      </div>
      {told.error && <Problem problem={problemOf(told.error)} onRetry={told.retry} />}
      <Comparing key={`${profile.id} ${String(profile.newest)}`} profile={profile} told={told} {...rest} />
      <Progress profile={profile} axes={rest.axes} />
    </section>
  )
}

type ComparingProps = SectionProps & { told: ReturnType<typeof useTold> }

function Comparing({ model, axes, profile, told, prompts }: ComparingProps) {
  const question = useQuery({
    queryKey: ["language", "question", profile.id, profile.newest, model],
    queryFn: () => language.question(profile.id, prompts, axes.map(({ name }) => name)),
    staleTime: Infinity, retry: false,
  })
  const { spoken, problem, start, isRunning } = useSpoken()
  const { data: asked, dataUpdatedAt } = question
  useEffect(() => {
    if (asked === undefined) return
    const variants = asked.options.map((steering) => ({ steering }))
    void start({ model, messages: [{ role: "user", content: asked.prompt }], variants, sampling: { max_tokens: 110, temperature: 0.7, seed: asked.sampling_seed } })
  }, [asked, dataUpdatedAt, model, start])
  const canAnswer = asked !== undefined && !question.isFetching && !told.isPending && spoken.length === 2
    && spoken.every(({ text, finish }) => text !== "" || (finish !== null && finish !== "error"))
  const answer = (best: number | null) => { if (canAnswer) told.tell([{ kind: "compared", options: asked.options, best }]) }
  const amount = (axis: string, how: string) => { if (canAnswer) told.tell([{ kind: "amount", options: asked.options, axis, amount: how }]) }
  useKeys({ 1: () => { answer(0) }, 2: () => { answer(1) }, t: () => { answer(null) } })
  const another = () => void question.refetch()
  return (
    <>
      <p className="soft">“{asked?.prompt ?? "…"}”</p>
      {question.error && <Problem problem={problemOf(question.error)} onRetry={another} />}
      {problem && <Problem problem={problem} onRetry={another} />}
      <div className="side-cards two" aria-busy={isRunning || question.isFetching}>
        {[0, 1].map((i) => (
          <button key={i} type="button" className="card spoken" disabled={!canAnswer} onClick={() => { answer(i) }}>
            <kbd>{i + 1}</kbd>
            <span><Text of={spoken[i]} /></span>
          </button>
        ))}
      </div>
      <div className="row wrap">
        <button type="button" className="button" disabled={!canAnswer} onClick={() => { answer(null) }}>About equal <kbd>T</kbd></button>
        {axes.filter(({ name }) => asked?.options.some((option) => name in option)).map(({ name, poles }) => (
          <span key={name} className="row" role="group" aria-label={`Both, from ${poles.negative} to ${poles.positive}`}>
            <button type="button" className="chip" disabled={!canAnswer} onClick={() => { amount(name, "too_little") }}>both too {poles.negative}</button>
            <button type="button" className="chip" disabled={!canAnswer} onClick={() => { amount(name, "too_much") }}>both too {poles.positive}</button>
          </span>
        ))}
        <button type="button" className="button quiet" disabled={question.isFetching} onClick={another}>Ask another</button>
      </div>
    </>
  )
}

/** What is known so far, and whether another answer is worth it. */
function Progress({ profile: { advice, believed }, axes }: { profile: ProfileView; axes: AxisView[] }) {
  return (
    <div className="card calibrated" data-stop={advice.stop}>
      <strong>{advice.stop ? "You can stop here." : advice.answers === 0 ? "Not asked yet." : `${count(advice.answers, "answer")} so far.`}</strong>
      <p className="soft">{advice.why}</p>
      <ul>
        {believed.flatMap((one) => {
          const axis = axes.find(({ name }) => name === one.axis)
          return axis === undefined ? [] : [<li key={one.axis}>{axis.poles.negative} ↔ {axis.poles.positive} <Uncertain value={one.best} sd={one.sd} known={one.sd < 0.6} /></li>]
        })}
      </ul>
    </div>
  )
}
