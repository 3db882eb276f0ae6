import { expect, it } from "vitest"
import { isFormShaped } from "../draft"
import { axisOf, polesOf } from "./axes"

it("an axis may be typed in several ways", () => {
  for (const text of ["red ↔ blue", "red | blue", "red|blue", "red vs blue", "red <-> blue", " red / blue "]) expect(axisOf(text)).toBe("red ↔ blue")
})
it("one pole, three poles, or the same pole twice is no axis", () => {
  for (const text of ["red", "red | ", "a | b | c", "Red | red", ""]) expect(axisOf(text)).toBeNull()
})
it("its poles come back", () => {
  expect(polesOf("on a white background ↔ dark")).toEqual(["on a white background", "dark"])
})
it("settings that a form can't show are told apart", () => {
  expect(isFormShaped({ request: { prompt: "a fox" }, candidates: "banana" })).toBe(true)
  for (const value of [null, [], {}, { request: "a fox" }, { request: { prompt: 3 } }, { request: { prompt: "" }, axes: "red | blue" }])
    expect(isFormShaped(value)).toBe(false)
})
