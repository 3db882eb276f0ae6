import { describe, expect, it } from "vitest"
import { boundsInWords, counts, departuresOf, faultOf, firstFault, stepsInWords, turnedOf, type KnobSchema } from "./knobs"

const SCHEMAS: Record<string, KnobSchema> = {
  kind: { type: "string", enum: ["ae", "gmvae"], description: "ae: one. gmvae: the other." },
  epochs: { type: "integer", minimum: 1, maximum: 1000 },
  learning_rate: { type: "number", exclusiveMinimum: 0, maximum: 1 },
  seed: { type: "integer", minimum: 0, exclusiveMaximum: 2 ** 63 },
  components: { type: "integer", minimum: 1, maximum: 100, description: "gmvae: Gaussians." },
  class_weight: { type: "number", minimum: 0, maximum: 1000, description: "ae: weight." },
  entropy_bonus_enable: { type: "boolean", description: "gmvae: on." },
  entropy_bonus_weight: { type: "number", minimum: 0, maximum: 1000, description: "gmvae: weight." },
}
const BASE = { kind: "gmvae", epochs: 25, learning_rate: 0.002, seed: 0, components: 10, class_weight: 1, entropy_bonus_enable: false, entropy_bonus_weight: 1 }

describe("knobs", () => {
  it("say what is wrong with what was typed", () => {
    const epochs = SCHEMAS.epochs ?? {}
    expect([faultOf("0", epochs), faultOf("1.5", epochs), faultOf("", epochs), faultOf("x", epochs)].every(Boolean)).toBe(true)
    expect([faultOf("12", epochs), faultOf("0,5", SCHEMAS.learning_rate ?? {})]).toEqual([null, null])
    expect(faultOf("0", SCHEMAS.learning_rate ?? {})).toBe("It must be more than 0, up to 1.")
    expect([boundsInWords(epochs), boundsInWords(SCHEMAS.seed ?? {})]).toEqual(["1 to 1000", "0 or more"])
  })

  it("count where their kind and their switch is on", () => {
    expect(counts("class_weight", SCHEMAS.class_weight ?? {}, BASE)).toBe(false)
    expect(counts("entropy_bonus_weight", SCHEMAS.entropy_bonus_weight ?? {}, BASE)).toBe(false)
    expect(counts("kind", SCHEMAS.kind ?? {}, BASE)).toBe(true)
    expect(counts("entropy_bonus_weight", SCHEMAS.entropy_bonus_weight ?? {}, { ...BASE, entropy_bonus_enable: true })).toBe(true)
  })

  it("are sent where they were turned, as numbers", () => {
    expect(turnedOf({ epochs: "3", components: "10", class_weight: "9" }, BASE, SCHEMAS)).toEqual({ epochs: 3 })
    expect(firstFault({ class_weight: "x", components: "0" }, BASE, SCHEMAS)).toBe("components")
  })

  it("are told apart from the plain form", () => {
    expect(departuresOf({ ...BASE, seed: 4 }, { ...BASE, epochs: 30, class_weight: 2 }, SCHEMAS)).toEqual([{ name: "epochs", plain: 30, value: 25 }])
  })

  it("tell whether there are steps enough", () => {
    expect(stepsInWords(5000, { batch_size: 128, epochs: 25 })).toEqual({ text: "about 900 steps", isFew: false })
    expect(stepsInWords(240, { batch_size: 128, epochs: 25 })).toMatchObject({ isFew: true })
  })
})
