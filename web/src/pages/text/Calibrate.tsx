import { useQuery } from "@tanstack/react-query"
import { useEffect } from "react"
import { language, type AxisView, type ProfileView } from "../../client/language"
import { problemOf } from "../../client/problem"
import { count } from "../../ui/format"
import { useKeys } from "../../ui/keyboard"
import { Problem } from "../../ui/Problem"
import { Uncertain } from "../../ui/Uncertain"
import { isReady } from "./doses"
import type { Profiles } from "./useProfile"
import { useSpoken } from "./useSpoken"

interface CalibrateProps {
  model: string
  axes: AxisView[]
  profiles: Profiles
  /** The person's own messages: what is compared should be what is wanted of the model. */
  prompts: string[]
}

/** Two texts, one key: the profile finds the doses that suit. */
export function Calibrate({ model, axes, profiles, prompts }: CalibrateProps) {
  const profile = profiles.profile.data
  const names = axes.filter((axis) => isReady(axis) && profile?.axes.includes(axis.name)).map(({ name }) => name)
  if (!profile) return <p className="soft">Choose a profile on the side, or begin a new one: what you answer here is kept in it.</p>
  if (names.length === 0) return <p className="soft">None of this profile’s axes is measured with this model yet. Measure one on the side, or begin a new profile.</p>
  return <Comparing key={profile.newest} model={model} axes={axes.filter(({ name }) => names.includes(name))} profile={profile} record={profiles.record} prompts={prompts} />
}

interface ComparingProps {
  model: string
  axes: AxisView[]
  profile: ProfileView
  record: Profiles["record"]
  prompts: string[]
}

function Comparing({ model, axes, profile, record, prompts }: ComparingProps) {
  const question = useQuery({
    queryKey: ["language", "question", profile.id, profile.newest, model],
    queryFn: () => language.question(profile.id, prompts, axes.map(({ name }) => name)),
    staleTime: Infinity, retry: false,
  })
  const { spoken, problem, start, isRunning } = useSpoken()
  const asked = question.data
  useEffect(() => {
    if (asked === undefined) return
    const variants = asked.options.map((steering) => ({ steering }))
    void start({ model, messages: [{ role: "user", content: asked.prompt }], variants, sampling: { max_tokens: 110, temperature: 0.7, seed: asked.sampling_seed } })
  }, [asked, model, start])
  const canAnswer = asked !== undefined && !record.isPending && spoken.length === 2 && spoken.every(({ text }) => text !== "")
  const answer = (best: number | null) => { if (canAnswer) record.mutate([{ kind: "compared", options: asked.options, best }]) }
  const amount = (axis: string, how: string) => { if (canAnswer) record.mutate([{ kind: "amount", options: asked.options, axis, amount: how }]) }
  const lastAnswer = profile.events.findLastIndex(({ kind }) => kind === "compared" || kind === "amount")
  const canUndo = lastAnswer >= 0 && lastAnswer === profile.events.length - 1 && !record.isPending
  const undo = () => { if (canUndo) record.mutate([{ kind: "taken_back", event: lastAnswer }]) }
  useKeys({ 1: () => { answer(0) }, 2: () => { answer(1) }, t: () => { answer(null) }, z: undo })
  return (
    <section className="column calibrate" aria-label="Calibrate">
      <div className="row">
        <h2 className="grow">Which is closer to what you want?</h2>
        <button type="button" className="button quiet" disabled={!canUndo} onClick={undo}>Undo <kbd>Z</kbd></button>
      </div>
      <p className="soft">“{asked?.prompt ?? "…"}”</p>
      {[question.error, record.error].map((error) => error && <Problem key={error.message} problem={problemOf(error)} onRetry={() => void question.refetch()} />)}
      {problem && <Problem problem={problem} onRetry={() => void question.refetch()} />}
      <div className="side-cards two" aria-busy={isRunning || question.isFetching}>
        {[0, 1].map((i) => (
          <button key={i} type="button" className="card spoken" disabled={!canAnswer} onClick={() => { answer(i) }}>
            <kbd>{i + 1}</kbd>
            <span>{spoken[i]?.text}{spoken[i]?.finish === null && <span className="caret" />}</span>
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
      </div>
      <Progress profile={profile} axes={axes} />
    </section>
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
