import { expect, it } from "vitest"
import { bindingOf, type KeyPress } from "./keyboard"

const press = (key: string, tagName = "BODY", more: Partial<KeyPress> = {}): KeyPress => ({
  key, ctrlKey: false, metaKey: false, altKey: false, target: { tagName }, ...more,
})

it("a key on the page is a binding, letters in either case", () => {
  expect([press("1"), press("C"), press("Enter"), press("ArrowLeft")].map(bindingOf)).toEqual(["1", "c", "Enter", "ArrowLeft"])
})
it("what is typed into a field stays there", () => {
  expect([press("1", "INPUT"), press("c", "TEXTAREA"), press("Enter", "SELECT")].map(bindingOf)).toEqual([null, null, null])
})
it("Enter on a focused button presses the button, digits still choose", () => {
  expect(bindingOf(press("Enter", "BUTTON"))).toBeNull()
  expect(bindingOf(press("2", "BUTTON"))).toBe("2")
})
it("Enter on a choice confirms the round, Space still presses it", () => {
  const choice = { target: { tagName: "BUTTON", dataset: { choice: "" } } }
  expect(bindingOf(press("Enter", "BUTTON", choice))).toBe("Enter")
  expect(bindingOf(press(" ", "BUTTON", choice))).toBeNull()
  expect(bindingOf(press("Enter", "BUTTON", { target: { tagName: "BUTTON", dataset: { part: "star" } } }))).toBe("Enter")
})
it("the browser keeps its own combinations", () => {
  expect(bindingOf(press("c", "BODY", { ctrlKey: true }))).toBeNull()
})
