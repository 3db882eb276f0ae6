import { expect, test } from "vitest"
import { codeOf } from "./code"

const asked = {
  origin: "http://127.0.0.1:8080", model: "smollm2", doses: { formality: 0.6 }, profile: "prf_1",
  messages: [{ role: "user" as const, content: "It's \"odd\".\nIsn't it?" }], sampling: { max_tokens: 120, temperature: 0.7, seed: 3 },
}

test("a shell reads the same request out of curl", () => {
  const { curl } = codeOf(asked)
  const body = curl.slice(curl.indexOf("-d '") + 4, -1).replaceAll("'\\''", "'")
  expect(JSON.parse(body)).toEqual({ model: "smollm2", messages: asked.messages, steering: { formality: 0.6 }, profile: "prf_1", max_tokens: 120, temperature: 0.7, seed: 3 })
})

test("OpenAI's client sends doses and profile beside what it knows", () => {
  const { openai } = codeOf(asked)
  expect(openai).toContain('extra_body={"steering":{"formality":0.6},"profile":"prf_1"},')
  expect(openai).toContain('base_url="http://127.0.0.1:8080/v1"')
  expect(codeOf({ ...asked, doses: {}, profile: null }).openai).not.toContain("extra_body")
})

test("the library reads the same conversation, and the home of the profile", () => {
  const { library } = codeOf(asked)
  expect(library).toContain('load(home=".pilotage")')
  expect(library).toContain('doses={"formality":0.6}, profile="prf_1", max_tokens=120, temperature=0.7, seed=3)')
  expect(codeOf({ ...asked, model: "mine", profile: null }).library).toContain('load("mine")')
})
