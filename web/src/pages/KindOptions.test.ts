import { createElement } from "react"
import { renderToStaticMarkup } from "react-dom/server"
import { describe, expect, it } from "vitest"
import KindOptions, { type StrategyKind } from "./KindOptions"

const kind = (name: string, tier?: string): StrategyKind => ({ kind: name, summary: "", config_schema: tier === undefined ? {} : { tier } })
const shown = (...kinds: StrategyKind[]) => renderToStaticMarkup(createElement(KindOptions, { kinds }))

describe("the options of a strategy", () => {
  it("put what is only there to compare with last, in a group of its own", () => {
    expect(shown(kind("old", "baseline"), kind("new"), kind("older", "baseline"))).toBe(
      '<option>new</option><optgroup label="Baselines to compare with"><option>old</option><option>older</option></optgroup>',
    )
  })

  it("have no group when there is nothing to compare with", () => {
    expect(shown(kind("a"), kind("b"))).toBe("<option>a</option><option>b</option>")
  })
})
