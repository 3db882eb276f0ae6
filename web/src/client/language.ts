import createClient from "openapi-fetch"
import { newKey } from "./keys"
import { ProblemError, problemOfBody } from "./problem"
import type { components, paths } from "./schema"
import type { Problem } from "./types"

type Schemas = components["schemas"]
export type LanguageInfo = Schemas["LanguageInfo"]
export type AxisView = Schemas["AxisView"]
export type PackView = Schemas["PackView"]
export type Reach = Schemas["Reach"]
export type Conversation = Schemas["ConversationView"]
export type Message = Schemas["MessageView"]
export type ProfileView = Schemas["LanguageProfileView"]
export type ProfileSummary = Schemas["ProfileSummary"]
export type Doses = Record<string, number>

/** What is asked of a model in a conversation; without `content`, the message `after` is answered once more. */
export interface Saying {
  content?: string
  after?: string
  steering: Doses
  profile?: string | null
  sampling: Sampling
}
export interface Sampling {
  max_tokens: number
  temperature: number
  top_p?: number
  seed?: number
}
export interface Words {
  role: "system" | "user" | "assistant"
  content: string
}
export interface Speaking {
  model: string
  messages: Words[]
  variants: { steering: Doses }[]
  sampling: Sampling
}

/** What comes of an answer that is kept. */
export interface SaidEvent {
  messages?: Message[]
  message_id?: string
  text?: string
  message?: Message
}
/** What comes of answers side by side. */
export interface SpokenEvent {
  variant?: number
  text?: string
  finish?: string
  content?: string
  /** Why it failed, if it did. */
  error?: string
}

interface Reply<T> {
  data?: T
  error?: unknown
  response: Response
}

/** What was asked for, or the problem thrown. */
export function value<T>({ data, error, response }: Reply<T>): T {
  if (response.ok && data !== undefined) return data
  throw new ProblemError(problemOfBody(error, response.status))
}

export const api = createClient<paths>({ baseUrl: globalThis.location?.origin ?? "" })
const of = (conversation_id: string) => ({ params: { path: { conversation_id } } })
const profileOf = (profile_id: string) => ({ params: { path: { profile_id } } })
/** The header that makes an act happen once, however often it is sent. */
export const once = (key: string = newKey()) => ({ headers: { "Idempotency-Key": key } })

/** A list to its end, page by page. */
async function everyPage<T>(page: (after: string | undefined) => Promise<{ items: T[]; next?: string | null }>): Promise<T[]> {
  const all: T[] = []
  for (let after: string | undefined; ; ) {
    const { items, next } = await page(after)
    all.push(...items)
    if (!next) return all
    after = next
  }
}

/** The language lab over HTTP. */
export const language = {
  models: async () => value(await api.GET("/api/language/models")),
  axes: async (model: string) => value(await api.GET("/api/language/axes", { params: { query: { model } } })),
  suggestions: async (model: string) => value(await api.GET("/api/language/suggestions", { params: { query: { model } } })),
  buildAxis: async (name: string, model: string) =>
    value(await api.POST("/api/language/axes/{name}/build", { params: { path: { name } }, body: { model } as never, ...once() })),
  conversations: () => everyPage(async (after) => value(await api.GET("/api/language/conversations", { params: { query: { after, limit: 200 } } }))),
  conversation: async (id: string) => value(await api.GET("/api/language/conversations/{conversation_id}", of(id))),
  begin: async (model: string, system: string) =>
    value(await api.POST("/api/language/conversations", { body: { name: "", model, system, profile: null }, ...once() })),
  change: async (id: string, changes: { name?: string; model?: string; system?: string; profile?: string | null }) =>
    value(await api.PATCH("/api/language/conversations/{conversation_id}", { ...of(id), body: changes as never })),
  remove: async (id: string) => {
    const { error, response } = await api.DELETE("/api/language/conversations/{conversation_id}", of(id))
    if (!response.ok) throw new ProblemError(problemOfBody(error, response.status))
  },
  stop: async (conversation_id: string, message_id: string) =>
    value(await api.DELETE("/api/language/conversations/{conversation_id}/messages/{message_id}", { params: { path: { conversation_id, message_id } } })),
  say: (id: string, said: Saying, signal?: AbortSignal) => stream<SaidEvent>(`/api/language/conversations/${id}/messages`, said, signal),
  speak: (asked: Speaking, signal?: AbortSignal) => stream<SpokenEvent>("/api/language/generate", asked, signal),

  profiles: () => everyPage(async (after) => value(await api.GET("/api/language/profiles", { params: { query: { after, limit: 200 } } }))),
  profile: async (id: string) => value(await api.GET("/api/language/profiles/{profile_id}", profileOf(id))),
  createProfile: async (name: string, axes: string[]) =>
    value(await api.POST("/api/language/profiles", { body: { name, axes, owner: "", max_active: 5 }, ...once() })),
  renameProfile: async (id: string, name: string) =>
    value(await api.PATCH("/api/language/profiles/{profile_id}", { ...profileOf(id), body: { name } })),
  removeProfile: async (id: string) => {
    const { error, response } = await api.DELETE("/api/language/profiles/{profile_id}", profileOf(id))
    if (!response.ok) throw new ProblemError(problemOfBody(error, response.status))
  },
  /** An exported profile, as the text of its file, as a new one. */
  importProfile: async (text: string, key: string) =>
    value(await api.POST("/api/language/profiles/import", { body: text as never, bodySerializer: (body) => body as unknown as string, headers: { "Idempotency-Key": key, "Content-Type": "application/json" } })),
  /** All of a profile, as the text of a file. */
  exportProfile: async (id: string) => value(await api.GET("/api/language/profiles/{profile_id}/export", { ...profileOf(id), parseAs: "text" })),
  record: async (id: string, events: Record<string, unknown>[], key: string) =>
    value(await api.POST("/api/language/profiles/{profile_id}/events", { ...profileOf(id), body: { events } as never, ...once(key) })),
  remark: async (id: string, text: string, doses: Doses, key: string) =>
    value(await api.POST("/api/language/profiles/{profile_id}/remarks", { ...profileOf(id), body: { text, doses }, ...once(key) })),
  /** An answer was rewritten: the model reads both, and what changed teaches the profile. */
  heedEdit: async (id: string, edit: { messages: Words[]; before: string; after: string; doses: Doses; model: string }, key: string) =>
    value(await api.POST("/api/language/profiles/{profile_id}/edits", { ...profileOf(id), body: edit, ...once(key) })),
  /** The doses of the next answer: near the profile's, so that what is done with it tells something. */
  nextDoses: async (id: string, axes: string[]) =>
    value(await api.POST("/api/language/profiles/{profile_id}/doses", { ...profileOf(id), body: { axes, explore: true } })).doses,
  question: async (id: string, prompts: string[], axes: string[]) =>
    value(await api.POST("/api/language/profiles/{profile_id}/question", { ...profileOf(id), body: { prompts, axes, n: 2 }, ...once() })),
}

/** Server-sent events of a POST, one parsed object each; refusals and faults are thrown as problems. */
async function* stream<T>(path: string, body: unknown, signal?: AbortSignal): AsyncGenerator<T> {
  const response = await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify(body), ...(signal ? { signal } : {}),
  })
  if (!response.ok || response.body === null)
    throw new ProblemError(problemOfBody(await response.json().catch(() => null), response.status))
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ""
  try {
    for (;;) {
      const { done, value: piece } = await reader.read()
      if (done) return
      const { events, left } = eventsIn(rest + piece)
      rest = left
      for (const data of events) {
        const one = JSON.parse(data) as Awaited<T> & { error?: unknown; finish?: string }
        if (isFault(one)) throw new ProblemError(brokenOff(one.error as { message?: string; code?: string }))
        yield one
      }
    }
  } finally {
    await reader.cancel()
  }
}

/** The data of all whole events in a piece of the stream, and what is left of an unfinished one. */
export function eventsIn(text: string): { events: string[]; left: string } {
  const blocks = text.replace(/\r\n/g, "\n").split("\n\n")
  const left = blocks.pop() ?? ""
  const events = blocks.flatMap((block) => {
    const lines = block.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trimStart())
    return lines.length > 0 ? [lines.join("\n")] : []
  })
  return { events, left }
}

function brokenOff({ message = "", code = "lab_error" }: { message?: string; code?: string }): Problem {
  const words = { title: "The answer ended early", detail: message, hint: "What was written stays." }
  return { ...problemOfBody(null, 500), ...words, code, kind: "device" }
}

/** An event that says the whole stream failed, told apart from one answer's own end. */
function isFault(one: object): boolean {
  return "error" in one && one.error !== null && !("finish" in one) && !("message" in one)
}
