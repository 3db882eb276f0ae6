import { expect, test } from "vitest"
import type { Message } from "../../client/language"
import { isReadable, Stopwatch } from "./useReading"

test("only what was visible counts", () => {
  const watch = new Stopwatch()
  expect(watch.seconds(500)).toBe(0)
  watch.start(1000)
  watch.start(2000)
  expect(watch.seconds(4000)).toBe(3)
  watch.pause(5000)
  watch.pause(9000)
  expect(watch.seconds(10_000)).toBe(4)
  watch.start(10_000)
  expect(watch.seconds(11_000)).toBe(5)
})

test("an answer is read from its first words on, as it grows", () => {
  const answer = (state: Message["state"], content: string, role: Message["role"] = "assistant") => ({ state, content, role }) as Message
  expect([answer("writing", ""), answer("writing", "The"), answer("done", "The sky.")].map(isReadable)).toEqual([false, true, true])
  expect([undefined, answer("cancelled", "The"), answer("failed", "The"), answer("done", "Why?", "user")].some(isReadable)).toBe(false)
})
