import { expect, it } from "vitest"
import { fileName } from "./save"

it("makes a name one that every disk takes", () => {
  expect(fileName("Letters to Zoë / 2026?", "profile")).toBe("letters-to-zoë-2026")
  expect(fileName("../..", "profile")).toBe("profile")
  expect(fileName("a".repeat(59) + " b", "profile")).toBe("a".repeat(59))
})
