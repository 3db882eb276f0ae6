import { expect, it } from "vitest"
import { codeOf } from "./code"

it("says in the terminal what is recorded, as the Python does", () => {
  const code = codeOf({ data: "digits", preset: "seed", training: { epochs: 3 }, recording: { umap_every: 0 } })
  expect(code.terminal).toBe("pilotage latents train digits --preset seed --set epochs=3 --record umap_every=0")
  expect(code.python).toContain(`lab.launch_run("digits", "seed", {"epochs": 3}, recording={"umap_every": 0})`)
})

it("leaves out what a clone records, which is what its original does", () => {
  const code = codeOf({ data: "digits", preset: "", training: { seed: 2 }, recording: {}, clone: "lat_1" })
  expect(code.terminal).toBe("pilotage latents train --clone lat_1 --set seed=2")
  expect(code.python).toContain(`lab.clone_run("lat_1", {"seed": 2})`)
})
