import { expect, it } from "vitest"
import { markedParts, withAttribute, withObject } from "./prompt"

const vocabulary = {
  objects: ["fox", "owl", "cat face", "red apple"],
  attributes: { colour: ["red", "blue", "orange"], background: ["on a white background", "on a black background"] },
  closed: true, example: "a fox", extra_words: [], suggested_axes: [],
}

it("unknown words are marked, and nothing of the prompt is lost", () => {
  const parts = markedParts("a zebra, and a fox", ["zebra"])
  expect(parts.filter((part) => part.isUnknown)).toEqual([{ text: "zebra", isUnknown: true }])
  expect(parts.map((part) => part.text).join("")).toBe("a zebra, and a fox")
})
it("an object takes the place of the one that is named, with its article", () => {
  expect(withObject("a blue fox", "owl", vocabulary)).toBe("a blue owl")
  expect(withObject("a fox", "owl", vocabulary)).toBe("an owl")
  expect(withObject("", "cat face", vocabulary)).toBe("a cat face")
})
it("an attribute stands before its object, replaces its family, and goes on a second press", () => {
  expect(withAttribute("a fox", "orange", "colour", vocabulary)).toBe("an orange fox")
  expect(withAttribute("a blue fox", "red", "colour", vocabulary)).toBe("a red fox")
  expect(withAttribute("a red fox", "red", "colour", vocabulary)).toBe("a fox")
})
it("a background stands at the end", () => {
  const white = withAttribute("a fox", "on a white background", "background", vocabulary)
  expect(white).toBe("a fox on a white background")
  expect(withAttribute(white, "on a black background", "background", vocabulary)).toBe("a fox on a black background")
})
