import { useQueryClient } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useEffect, useRef, useState } from "react"
import { language } from "../../client/language"
import { problemOf } from "../../client/problem"
import { Problem } from "../../ui/Problem"
import { Segmented } from "../../ui/Segmented"
import { useKept } from "../../ui/storage"
import { Calibrate } from "./Calibrate"
import { Chat } from "./Chat"
import { Earlier } from "./Earlier"
import { ProfilePanel } from "./ProfilePanel"
import { SideBySide } from "./SideBySide"
import { Sliders } from "./Sliders"
import { Thumbs } from "./Thumbs"
import { useDoses } from "./useDoses"
import { useDrafts } from "./useDrafts"
import { conversationKey, NEW, useConversation, useLanguageModels, useTalk } from "./useTalk"
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
  const here = useRef(id)
  useEffect(() => { here.current = id }, [id])
  const talk = useTalk(id, {
    begin: async () => {
      const made = await language.begin(wanted, null)
      cache.setQueryData(conversationKey(made.id), made)
      return made
    },
    onBegun: (made) => {
      drafts.move(NEW, made)
      if (here.current === undefined) open(made) // else another was opened meanwhile
    },
  })
  const conversation = useConversation(id, talk.isSaying)
  const model = conversation.data?.model ?? wanted
  const steering = useDoses(model)
  const { axes, doses, hand, setHand, setDose, profile, profileId, profiles } = steering
  const asked = [...new Set(conversation.data?.messages.flatMap(({ role, content }) => (role === "user" ? [content] : [])))]
  const isLoaded = (id === undefined || conversation.data !== undefined) && steering.areKnown
  return (
    <div className="page text">
      <div className="page-head">
        <h1>Text</h1>
        <Segmented label="View" value={view} options={VIEWS} onChange={setView} />
        <span className="grow" />
        <ModelPicker model={model} onModel={(next) => { setWanted(next); if (id !== undefined) open(undefined) }} />
        <Earlier current={id} remove={talk.remove} onOpen={open} />
        <button type="button" className="button" disabled={id === undefined} onClick={() => { open(undefined) }}>New</button>
      </div>
      <div className="text-columns">
        <Sliders model={model} doses={doses} hand={hand} onDose={setDose} onDoses={setHand}>
          <ProfilePanel profiles={profiles} id={profileId} onPick={steering.setProfile} axes={axes} hand={hand} onKept={steering.handOver} />
        </Sliders>
        <div className="text-main">
          {[conversation, ...steering.faults].map(({ error, refetch }, i) => (
            error && <Problem key={i} problem={problemOf(error)} onRetry={() => void refetch()} />
          ))}
          {view === "chat" && (
            <Chat
              key={id ?? NEW} id={id} conversation={conversation.data} isReady={isLoaded} talk={talk} drafts={drafts} model={model} doses={doses}
              starters={STARTERS} below={(message) => profile && message.state !== "failed" && <Thumbs message={message} profile={profile} axes={axes} />}
            />
          )}
          {view === "side" && <SideBySide model={model} doses={doses} prompt={asked.at(-1) ?? STARTERS[0] ?? ""} onKeep={(axis, dose) => { setDose(axis, dose); setView("chat") }} />}
          {view === "calibrate" && <Calibrate model={model} axes={axes} profile={profile} prompts={asked.length > 0 ? asked.slice(-20) : STARTERS} />}
        </div>
      </div>
    </div>
  )
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
