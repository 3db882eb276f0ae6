import { expect, it } from "vitest"
import { UNREAD, type Course } from "../../../client/latentCourse"
import { endInWords } from "./Standing"

const file = (path: string) => [path, { path, sha256: "", bytes: 1, schema: "", epoch: 1 }] as const
const stopped = (...paths: string[]): Course => ({ ...UNREAD, state: "cancelled", files: new Map(paths.map(file)) })

it("promises to go on from a checkpoint only where one was kept", () => {
  expect(endInWords(stopped("samples/pictures_epoch_0.png", "checkpoints/latents_epoch_1.npy"), 3)).toBe("Stopped after epoch 0 of 3. Resume begins it again.")
  expect(endInWords(stopped("checkpoints/epoch_1.safetensors"), 3)).toContain("Resume goes on from its last checkpoint.")
})
