import { expect, test } from "vitest"
import { newKey } from "./keys"

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test("a page from another host over plain http makes keys as well", () => {
  const plain = { getRandomValues: <T extends ArrayBufferView | null>(array: T) => globalThis.crypto.getRandomValues(array as never) as T }
  const keys = Array.from({ length: 200 }, () => newKey(plain))
  expect(keys.filter((key) => !UUID.test(key))).toEqual([])
  expect(new Set(keys).size).toBe(200)
})

test("every bit of randomness is kept but those that say the version", () => {
  const ones = { getRandomValues: <T extends ArrayBufferView | null>(array: T) => { (array as Uint8Array).fill(255); return array } }
  expect(newKey(ones)).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff")
})

test("where the browser has one of its own it is taken", () => {
  expect(newKey()).toMatch(UUID)
})
