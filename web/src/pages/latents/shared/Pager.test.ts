import { expect, it } from "vitest"
import { pageOfRow, rowsOfPage } from "./Pager"

it("cuts a long table into pages that together have each row once", () => {
  const pages = [0, 1, 2].map((page) => rowsOfPage(page, 120))
  expect(pages.map(({ from, to }) => [from, to])).toEqual([[0, 50], [50, 100], [100, 120]])
  expect([0, 49, 50, 119].map(pageOfRow)).toEqual([0, 0, 1, 2])
})

it("stays on a page that is there", () => {
  expect(rowsOfPage(7, 120)).toEqual({ page: 2, from: 100, to: 120 })
  expect(rowsOfPage(3, 0)).toEqual({ page: 0, from: 0, to: 0 })
  expect(pageOfRow(-1)).toBe(0)
})
