import { describe, expect, it } from "vitest"
import type { AxisView, PackView, Reach } from "../../client/language"
import { activeOf, areOther, curveOf, damageInWords, doseInWords, effectInWords, isPast, readyOf, spreadDoses } from "./doses"

const AXIS = { poles: { negative: "casual", positive: "formal" } }
const pack = (effect: number | null, floor: number | null) => ({ effect, floor }) as PackView

describe("doses in words", () => {
  it("names the pole and not the sign", () => {
    expect(doseInWords(AXIS, -0.6)).toBe("casual 0.60")
    expect(doseInWords(AXIS, 0)).toBe("neutral")
  })
  it("sends only what steers", () => { expect(activeOf({ a: 0, b: -0.4 })).toEqual({ b: -0.4 }) })
  it("leaves out axes that have gone, and those whose vectors are not calibrated", () => {
    const axes = [{ name: "a", pack: { usable: true } }, { name: "b", pack: { usable: false } }, { name: "c", pack: null }] as AxisView[]
    expect(readyOf({ a: 0.5, b: 0.5, c: 0.5, gone: 0.5 }, axes)).toEqual({ a: 0.5 })
  })
  it("tells doses that moved from such as are drawn anew", () => {
    expect([areOther({ a: 0.5, b: 0 }, { a: 0.5 }), areOther({ a: 0.5 }, {}), areOther({}, { a: 0.5 })]).toEqual([false, true, true])
    expect([areOther({ a: 0.5, b: 0.1 }, { a: 0.5, b: 0.3 }, ["b"]), areOther({ a: 0.4, b: 0.1 }, { a: 0.5, b: 0.3 }, ["b"])]).toEqual([false, true])
  })
  it("spreads doses over the whole range with neutral among them", () => {
    expect(spreadDoses(5)).toEqual([-1, -0.5, 0, 0.5, 1])
    expect(spreadDoses(3)).toEqual([-1, 0, 1])
  })
  it("knows the end of the range as part of it", () => { expect([isPast(1), isPast(-1.1)]).toEqual([false, true]) })
})

it("draws a curve from neutral to dose 1, in the pack's own scale", () => {
  const reach = { strengths: [0, 0.1, 0.2], effects: [0, 0.9, 1.2] } as Reach
  expect(curveOf(reach).map(([dose]) => Number(dose.toFixed(3)))).toEqual([0, 0.745, 1])
})

describe("effects in words", () => {
  it("weighs an effect against chance, and says where there is none", () => {
    expect(effectInWords(pack(2, 0.25))).toBe("8.0 times what a random push does")
    expect(effectInWords(pack(0.3, 0.25))).toBe("Hardly more than a random push does")
    expect(effectInWords(pack(null, null))).toBe("Its effect was not measured")
  })
  it("tells what the end costs and why it is the end", () => {
    const reach = { damage: { perplexity: 1.25, kl: 0, distinct: 1 }, ended_by: "distinct" } as Reach
    expect(damageInWords("formal", reach)).toBe("Full formal: text 25 % less usual; past it, it repeats itself.")
    expect(damageInWords("formal", null)).toBe("Nothing was found towards formal.")
  })
})
