import { useNavigate, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { useQueryClient } from "@tanstack/react-query"
import { language, type Doses } from "../../client/language"
import { problemOf } from "../../client/problem"
import { Problem } from "../../ui/Problem"
import { Segmented } from "../../ui/Segmented"
import { useKept } from "../../ui/storage"
import { Chat } from "./Chat"
import { Earlier } from "./Earlier"
import { Sliders } from "./Sliders"
import { conversationKey, useConversation, useLanguageModels, useTalk } from "./useTalk"
import "./text.css"

const DEFAULT_MODEL = "smollm2"
const VIEWS = [{ value: "chat", label: "Chat" }] as const
type View = (typeof VIEWS)[number]["value"]

/** Talk to a language model, and steer how it writes while you do. */
export function TextPage() {
  const { conversation: id } = useSearch({ from: "/text" })
  const navigate = useNavigate({ from: "/text" })
  const cache = useQueryClient()
  const [view, setView] = useState<View>("chat")
  const [wanted, setWanted] = useKept(localStorage, "text.model", DEFAULT_MODEL)
  const open = (next: string | undefined) => { void navigate({ search: next === undefined ? {} : { conversation: next } }) }
  const talk = useTalk(id, async () => {
    const made = await language.begin(wanted, null)
    cache.setQueryData(conversationKey(made.id), made)
    open(made.id)
    return made
  })
  const conversation = useConversation(id, talk.streaming === id && id !== undefined)
  const model = conversation.data?.model ?? wanted
  const [doses, setDoses] = useKept<Doses>(localStorage, `text.doses.${model}`, {})
  return (
    <div className="page text">
      <div className="page-head">
        <h1>Text</h1>
        <Segmented label="View" value={view} options={VIEWS} onChange={setView} />
        <span className="grow" />
        <ModelPicker model={model} onModel={(next) => { setWanted(next); if (id !== undefined) open(undefined) }} />
        <Earlier current={id} talk={talk} onOpen={open} />
        <button type="button" className="button" disabled={id === undefined} onClick={() => { open(undefined) }}>New</button>
      </div>
      <div className="text-columns">
        <Sliders model={model} doses={doses} rest={{}} onDoses={setDoses} />
        <div className="text-main">
          {conversation.error && <Problem problem={problemOf(conversation.error)} onRetry={() => void conversation.refetch()} />}
          <Chat key={id ?? "new"} conversation={conversation.data} isOpen={id !== undefined} talk={talk} model={model} doses={doses} />
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
