import { expect, it } from "vitest"
import { codeFor } from "./code"

it("a plain session is one short line in either language", () => {
  const code = codeFor({ request: { prompt: "a fox" }, axes: ["red ↔ blue"], seed: 7 })
  expect(code.terminal).toContain(`pilotage new "a fox" --axis "red | blue" --seed 7`)
  expect(code.python).toContain(`pilotage.Session("a fox", axes=["red ↔ blue"], seed=7)`)
})
it("further settings follow, those of the request under their own name", () => {
  const code = codeFor({ request: { prompt: "a fox", steps: 12 }, candidates: 6, query_kinds: ["pairwise"] })
  expect(code.terminal).toContain(`--set candidates=6 --set request.steps=12 --set 'query_kinds=["pairwise"]'`)
  expect(code.python).toContain(`pilotage.Session("a fox", candidates=6, steps=12, query_kinds=["pairwise"])`)
})
it("a prompt can't break out of its quotes", () => {
  const code = codeFor({ request: { prompt: `a "$(rm -rf ~)" \\ fox` } })
  expect(code.terminal).toContain(String.raw`pilotage new "a \"\$(rm -rf ~)\" \\ fox"`)
  expect(code.python).toContain(String.raw`pilotage.Session("a \"$(rm -rf ~)\" \\ fox")`)
})
