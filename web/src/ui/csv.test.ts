import { expect, it } from "vitest"
import { csvOf } from "./csv"

it("cells with commas, quotes and line ends are quoted; an unknown is empty", () => {
  const table = { name: "x", columns: ["axis", "best"], rows: [["red, \"deep\" ↔ blue", 0.5], ["a\nb", null]] }
  expect(csvOf(table)).toBe('axis,best\r\n"red, ""deep"" ↔ blue",0.5\r\n"a\nb",\r\n')
})
