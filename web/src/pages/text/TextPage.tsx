import { useQueryClient } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useEffect, useRef, useState } from "react"
import { language, type Message } from "../../client/language"
import { problemOf } from "../../client/problem"
import { Problem } from "../../ui/Problem"
import { CopyCode } from "../../ui/CopyCode"
import { Segmented } from "../../ui/Segmented"
import { useKept } from "../../ui/storage"
import { lookedAt, reacted, type Act } from "./acts"
import { Calibrate } from "./Calibrate"
import { Chat } from "./Chat"
import { codeOf, LANGUAGES } from "./code"
import { activeOf, isReady } from "./doses"
import { Earlier } from "./Earlier"
import { ProfilePanel } from "./ProfilePanel"
import { SideBySide } from "./SideBySide"
import { Sliders } from "./Sliders"
import { Signals } from "./Signals"
import { toldAxes } from "./learned"
import { threadOf, wordsOf, type Chosen } from "./thread"
import { useDoses } from "./useDoses"
import { useDrafts } from "./useDrafts"
import { useLearning, type Learning } from "./useLearning"
import { useTried } from "./useProfile"
import { useReading } from "./useReading"
import { useSettings } from "./useSettings"
import { conversationKey, NEW, useConversation, useLanguageModels, useTalk } from "./useTalk"
import { useVisit } from "./useVisit"
import "./text.css"

const DEFAULT_MODEL = "smollm2"
const STARTERS = ["Explain why the sky is blue.", "Write to my landlord about the broken heater.", "Tell me about a day at the sea.", "Is it worth learning to cook?"]
const VIEWS = [{ value: "chat", label: "Chat" }, { value: "side", label: "Side by side" }, { value: "calibrate", label: "Calibrate" }] as const
type View = (typeof VIEWS)[number]["value"]

/** Talk to a language model, and steer how it writes while you do. */
export function TextPage() {
  const { conversation: id } = useSearch({ from: "/text" })
  const navigate = useNavigate({ from: "/text" })
  const cache = useQueryClient()
  const [view, setView] = useState<View>("chat")
  const [wanted, setWanted] = useKept(localStorage, "text.model", DEFAULT_MODEL)
  const open = (next: string | undefined) => { void navigate({ search: next === undefined ? {} : { conversation: next } }) }
  const drafts = useDrafts()
  const here = useRef<string | null | undefined>(id)
  useEffect(() => {
    here.current = id
    return () => { here.current = null } // the page may be left for good
  }, [id])
  const [begun, setBegun] = useState<string>()
  const visit = useVisit(id, begun)
  const talk = useTalk(id, {
    begin: async () => {
      const made = await language.begin(wanted, settings.system)
      cache.setQueryData(conversationKey(made.id), made)
      return made
    },
    onBegun: (made) => {
      drafts.move(NEW, made)
      if (here.current !== undefined) return // another was opened meanwhile, or the page was left
      setBegun(made)
      open(made)
    },
  })
  const conversation = useConversation(id, talk.isSaying)
  const settings = useSettings(conversation.data)
  const model = conversation.data?.model ?? wanted
  const steering = useDoses(model)
  const { axes, doses, hand, setHand, setDose, profile, profileId, profiles } = steering
  const [allChosen, setChosen] = useState<Record<string, Chosen>>({})
  const place = id ?? NEW
  const thread = threadOf(conversation.data?.messages ?? [], allChosen[place] ?? {})
  const choose = (parent: string, to: string | null) => {
    setChosen((all) => ({ ...all, [place]: Object.fromEntries(Object.entries({ ...all[place], [parent]: to ?? "" }).filter(([, one]) => one !== "")) }))
  }
  const learning = useLearning(profile, axes)
  const [tries, setTries] = useKept(localStorage, "text.tries", true)
  const learned = profile === undefined ? [] : toldAxes(axes.filter(isReady).map(({ name }) => name), profile)
  const tried = useTried(profile, learned, thread.length, tries)
  const now = { ...doses, ...tried, ...hand }
  const drawn = Object.keys(tried ?? {}).filter((name) => hand[name] === undefined)
  const pass = (reaction: "copied" | "regenerated", { id: message, doses: made }: Message) => {
    if (profile !== undefined) hearOnce(learning, reacted(reaction, made), `${profile.id} ${message} ${reaction}`)
  }
  const readingOf = useReading(thread.at(-1)?.message, drafts.of(place) !== "")
  const goOn = () => {
    const read = readingOf()
    if (profile !== undefined && read !== null) hearOnce(learning, lookedAt(read.seconds, read.message), `${profile.id} ${read.message.id} read`)
  }
  const asked = [...new Set(conversation.data?.messages.flatMap(({ role, content }) => (role === "user" ? [content] : [])))]
  const draft = drafts.of(place).trim()
  const nextWords = draft === "" && thread.length > 0
    ? wordsOf(thread, settings.system, thread.findLast(({ message }) => message.role === "assistant")?.message)
    : [...wordsOf(thread, settings.system), { role: "user" as const, content: draft || (STARTERS[0] ?? "") }]
  const isLoaded = (id === undefined || conversation.data !== undefined) && steering.areKnown
  return (
    <div className="page text">
      <div className="page-head">
        <h1>Text</h1>
        <Segmented label="View" value={view} options={VIEWS} onChange={setView} />
        <span className="grow" />
        <ModelPicker model={model} onModel={(next) => { setWanted(next); if (id !== undefined) open(undefined) }} />
        <CopyCode
          languages={LANGUAGES} note="Doses set by hand and the profile’s count as they do here. The library reads your profile where it is started: in the folder that .pilotage lies in."
          code={codeOf({ origin: location.origin, model, messages: nextWords, doses: activeOf(hand), profile: profileId, sampling: settings.sampling })}
        />
        <Earlier current={id} remove={talk.remove} onOpen={open} />
        <button type="button" className="button" disabled={id === undefined} onClick={() => { open(undefined) }}>New</button>
      </div>
      <div className="text-columns">
        <Sliders model={model} doses={doses} hand={hand} onDose={setDose} onDoses={setHand}>
          <ProfilePanel profiles={profiles} id={profileId} onPick={steering.setProfile} axes={axes} hand={hand} onKept={steering.handOver} tries={tries} onTries={setTries} />
        </Sliders>
        <div className="text-main">
          {[conversation, ...steering.faults].map(({ error, refetch }, i) => (
            error && <Problem key={i} problem={problemOf(error)} onRetry={() => void refetch()} />
          ))}
          {view === "chat" && (
            <Chat
              key={visit} id={id} thread={thread} onChoose={choose} isReady={isLoaded} talk={talk} drafts={drafts} model={model} doses={now} drawn={drawn} settings={settings}
              starters={STARTERS} onCopied={(message) => { pass("copied", message) }} onAgain={(message) => { pass("regenerated", message) }} onNext={goOn}
              below={(message) => profile && message.state !== "failed" && (
                <Signals message={message} asked={wordsOf(thread, settings.system, message)} profile={profile} model={model} learning={learning} />
              )}
            />
          )}
          {view === "side" && <SideBySide key={id} model={model} doses={doses} thread={thread} settings={settings} prompt={asked.at(-1) ?? STARTERS[0] ?? ""} onKeep={(axis, dose) => { setDose(axis, dose); setView("chat") }} />}
          {view === "calibrate" && <Calibrate model={model} axes={axes} profile={profile} prompts={asked.length > 0 ? asked.slice(-20) : STARTERS} />}
        </div>
      </div>
      {learning.toast}
    </div>
  )
}

/** A thing that is done in passing counts once in a visit: copied twice is no stronger a sign. */
const heard = new Set<string>()
function hearOnce(learning: Learning, act: Act, what: string): void {
  if (!heard.has(what)) learning.hear(act, () => { heard.add(what) }) // what could not be heard yet may be heard later
}

/** With which model; another one begins another conversation. */
function ModelPicker({ model, onModel }: { model: string; onModel: (ref: string) => void }) {
  const models = useLanguageModels()
  const refs = [...new Set([...(models.data?.map(({ ref }) => ref) ?? []), model])]
  if (refs.length === 1) return <span className="small muted" title="More models: put one into the models folder of your lab">{model}</span>
  return (
    <label className="row small">
      <span className="hidden-visually">Model</span>
      <select className="input" value={model} onChange={({ target }) => { onModel(target.value) }}>
        {refs.map((ref) => <option key={ref}>{ref}</option>)}
      </select>
    </label>
  )
}
