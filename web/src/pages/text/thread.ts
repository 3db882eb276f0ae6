import type { Conversation, Message, SaidEvent, Saying, Words } from "../../client/language"

export interface Turn {
  message: Message
  /** All that were written in its place, oldest first, itself among them. */
  siblings: Message[]
}

/** Which message is shown where there are several, by what they follow ("" is the beginning). */
export type Chosen = Record<string, string>

/** The conversation from its beginning, by what was chosen; else by what came last. */
export function threadOf(messages: Message[], chosen: Chosen): Turn[] {
  const turns: Turn[] = []
  const follow = (parent: string | null) => messages.filter(({ parent_id }) => parent_id === parent).sort((a, b) => a.index - b.index || a.variant - b.variant)
  for (let siblings = follow(null); siblings.length > 0; ) {
    const message = siblings.find(({ id }) => id === chosen[siblings[0]?.parent_id ?? ""]) ?? siblings.at(-1)
    if (message === undefined) break
    turns.push({ message, siblings })
    siblings = follow(message.id)
  }
  return turns
}

/** A conversation after something came of an answer. */
export function withEvent(before: Conversation, event: SaidEvent): Conversation {
  if (event.messages) return { ...before, messages: merged(before.messages, event.messages) }
  if (event.message) return { ...before, messages: merged(before.messages, [event.message]) }
  const { message_id, text = "" } = event
  return {
    ...before,
    messages: before.messages.map((one) => (one.id === message_id && one.state === "writing" ? { ...one, content: one.content + text } : one)),
  }
}

function merged(old: Message[], fresh: Message[]): Message[] {
  const ids = new Set(fresh.map(({ id }) => id))
  return [...old.filter(({ id }) => !ids.has(id)), ...fresh]
}

/** Whether an answer is being written. */
export function isWriting(conversation: Conversation | undefined): boolean {
  return conversation?.messages.some(({ state }) => state === "writing") ?? false
}

/** Whether what was sent is in the conversation: said in the same place, or being answered there once more. */
export function wasHeard(messages: Message[], { content, after }: Pick<Saying, "content" | "after">): boolean {
  return messages.some((one) =>
    one.parent_id === (after === "" || after === undefined ? null : after) && (content === undefined ? one.state === "writing" : one.role === "user" && one.content === content))
}

/** What a model reads: its system message, and turns as far as `until`, which is left out. */
export function wordsOf(turns: Turn[], system: string, until?: Message): Words[] {
  const end = until === undefined ? turns.length : turns.findIndex(({ message }) => message.id === until.id)
  const said = turns.slice(0, end).flatMap(({ message: { role, content } }) => (content === "" ? [] : [{ role, content }]))
  return system === "" ? said : [{ role: "system", content: system }, ...said]
}

/** What a prompt follows: its last asking is answered once more, anything else comes after all that was said. */
export function contextOf(turns: Turn[], system: string, prompt: string): Words[] {
  const last = turns.findLast(({ message }) => message.role === "user")?.message
  return wordsOf(turns, system, last?.content.trim() === prompt.trim() ? last : undefined)
}
