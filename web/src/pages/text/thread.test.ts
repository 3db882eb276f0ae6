import { describe, expect, it } from "vitest"
import type { Conversation, Message } from "../../client/language"
import { eventsIn } from "../../client/language"
import { contextOf, threadOf, wasHeard, withEvent, wordsOf } from "./thread"

const message = (id: string, parent_id: string | null, index: number, more: Partial<Message> = {}) =>
  ({ id, parent_id, index, variant: 0, role: "assistant", content: "", state: "done", ...more }) as Message

const TREE = [message("u1", null, 0), message("a1", "u1", 1), message("a2", "u1", 1, { variant: 1 }), message("u2", "a1", 2), message("u3", "a2", 2)]
const shown = (chosen = {}) => threadOf(TREE, chosen).map((turn) => turn.message.id)

describe("threadOf", () => {
  it("follows what came last where nothing was chosen", () => { expect(shown()).toEqual(["u1", "a2", "u3"]) })
  it("goes on from the answer that was chosen", () => { expect(shown({ u1: "a1" })).toEqual(["u1", "a1", "u2"]) })
  it("keeps all that stand in one place", () => {
    expect(threadOf(TREE, {})[1]?.siblings.map(({ id }) => id)).toEqual(["a1", "a2"])
  })
})

describe("withEvent", () => {
  const before = { id: "c", messages: [message("a", null, 0, { state: "writing", content: "He" })] } as unknown as Conversation
  it("adds text to the answer that is being written", () => {
    expect(withEvent(before, { message_id: "a", text: "llo" }).messages[0]?.content).toBe("Hello")
  })
  it("puts the ended answer in its place", () => {
    const ended = withEvent(before, { message: message("a", null, 0, { content: "Hello." }) })
    expect(ended.messages.map(({ content, state }) => [content, state])).toEqual([["Hello.", "done"]])
    expect(withEvent(ended, { message_id: "a", text: "late" })).toEqual(ended)
  })
})

describe("eventsIn", () => {
  it("keeps an event that has not come whole for later", () => {
    expect(eventsIn("data: {\"a\": 1}\r\n\r\n: ping\r\n\r\ndata: {\"b\"")).toEqual({ events: ["{\"a\": 1}"], left: "data: {\"b\"" })
  })
})

it("finds what was sent where it was said, and nowhere else", () => {
  const heard = [message("u", null, 0, { role: "user", content: "Hi" }), message("a", "u", 1, { state: "writing" })]
  expect(wasHeard(heard, { content: "Hi" })).toBe(true)
  expect(wasHeard(heard, { content: "Hi", after: "a" })).toBe(false)
  expect(wasHeard(heard, { after: "u" })).toBe(true)
  expect(wasHeard(TREE, { after: "u1" })).toBe(false)
})

describe("what a model reads", () => {
  const turns = threadOf([
    message("u1", null, 0, { role: "user", content: "Hi" }), message("a1", "u1", 1, { content: "Hello." }),
    message("u2", "a1", 2, { role: "user", content: "Why?" }), message("a2", "u2", 3, { content: "" , state: "failed" }),
  ], {})
  const first = [{ role: "user", content: "Hi" }, { role: "assistant", content: "Hello." }]
  it("is the system message and what was said, without what came to nothing", () => {
    expect(wordsOf(turns, "Be brief.")).toEqual([{ role: "system", content: "Be brief." }, ...first, { role: "user", content: "Why?" }])
    expect(wordsOf(turns, "", turns[1]?.message)).toEqual([{ role: "user", content: "Hi" }])
  })
  it("goes back before what is asked once more, and on after what is not", () => {
    expect(contextOf(turns, "", " Why? ")).toEqual(first)
    expect(contextOf(turns, "", "And then?")).toHaveLength(3)
    expect(contextOf([], "", "Why?")).toEqual([])
  })
})
