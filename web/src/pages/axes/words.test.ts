import { describe, expect, it } from "vitest"
import type { AxisReport } from "../../client/axes"
import type { PackView, Reach } from "../../client/language"
import { domainOf, nearest, pointsOf, shadeOf } from "./curve"
import { besideTold, damageTold, effectTold, endsOf, isWeak, pairsInWords, sliderTold, standingOf, stepInWords, times } from "./words"

const POLES = { negative: "casual", positive: "formal" }
const reach = (effects: number[], perplexity: number) => ({ strengths: effects.map((_, i) => i / 10), effects, ended_by: "perplexity", damage: { perplexity, kl: 0.4, distinct: 0.99 } }) as Reach
const pack = (changes: Partial<PackView> = {}) =>
  ({ usable: true, current: true, effect: 3.58, floor: 0.15, instructed: 0.86, monotone: 1, won: 1, negative: reach([0, 0.6, 1.2], 1.7), positive: reach([0, 1, 2.2], 1.6), ...changes }) as PackView

describe("what an axis does, in words", () => {
  it("weighs the effect against chance and against asking", () => {
    const told = effectTold(POLES, pack()).join(" ")
    expect(told).toContain("36-fold at each token on average (3.58 nats)")
    expect(told).toContain("does 0.15, 24 times less")
    expect(told).toContain("Asking for it in words does 0.86.")
  })
  it("does not praise what chance does as well", () => {
    expect(isWeak(pack({ effect: 0.68, floor: 0.41 }))).toBe(true)
    expect(effectTold(POLES, pack({ effect: 0.68, floor: 0.41, instructed: 0.9 })).join(" ")).toMatch(/little beside a push in a random direction.*which is more/)
  })
  it("promises nothing that was not measured", () => {
    expect(effectTold(POLES, pack({ effect: null }))).toEqual(["What it does was not measured yet, so nothing is promised of it."])
    expect(isWeak(pack({ effect: null }))).toBe(false)
  })
  it("says where the slider does not rise, and what share of pairs moves", () => {
    expect(sliderTold(pack({ monotone: 0.83, won: 0.75 }), null)).toEqual(["The effect does not rise all along the slider (rank correlation 0.83).", "75 % of the held-out pairs move the right way."])
  })
  it("tells what another axis does to it, where that was measured", () => {
    const composition = { other: "warmth", cosine: -0.314, dose: 0.7, alone: 2.2, together: 1.94, spilled: -0.52 }
    expect(besideTold({ composition } as AxisReport)).toBe("With warmth, the axis most like it (cosine −0.31), each at dose 0.7: it does 1.94 where alone it does 2.20; warmth by itself does −0.52 on its answers.")
    expect(besideTold({ composition: null } as AxisReport)).toBeNull()
  })
  it("tells damage by its kinds, and none as none", () => {
    expect(damageTold("formal", { perplexity: 1.9, kl: 0.54, distinct: 0.8 })).toBe("At full formal, text is 1.9 times as unusual as without steering, it repeats itself more (80 % of the usual variety), and other answers shift by 0.54 nats a token.")
    expect(damageTold("formal", { perplexity: 1.01, kl: 0, distinct: 1 })).toContain("as usual as without steering")
  })
  it("prefers what was evaluated to what calibration found", () => {
    const report = { damage: [{ perplexity: 3 }, { perplexity: 1 }, { perplexity: 2 }] } as unknown as AxisReport
    expect(endsOf(pack(), report).negative?.perplexity).toBe(3)
    expect(endsOf(pack(), null).negative?.perplexity).toBe(1.7)
  })
  it("knows how it stands", () => {
    expect([null, pack({ usable: false }), pack({ current: false }), pack()].map((one) => standingOf({ pack: one }))).toEqual(["none", "raw", "stale", "ready"])
    expect([pairsInWords({ train: 28, held_out: 12 }), pairsInWords({ train: 8 }), times(1.744), times(141.3)]).toEqual(["28 + 12 held out", "8 pairs", "×1.74", "×141"])
  })
})

it("names each step of the work by what it is for", () => {
  const at = (phase: string, done: number, total: number) => stepInWords({ phase, done, total })
  expect([stepInWords(undefined), at("reading", 0, 1), at("comparing", 2, 6), at("generating", 0, 3), at("reading", 2, 3), at("generating", 2, 4), at("comparing", 1, 4)])
    .toEqual(["waiting for its turn", "reading the pairs", "comparing layers and methods, 3 of 6", "writing at rising doses", "finding where the damage budget ends", "writing samples at nine doses", "trying random directions"])
})

describe("curves", () => {
  it("are effects against no steering where something was evaluated", () => {
    const damage = [{ perplexity: 2, kl: 0.4, distinct: 1 }, { perplexity: 1, kl: -1e-9, distinct: 1 }, { perplexity: 3, kl: 0.5, distinct: 1 }]
    const report = { doses: [-1, 0, 1], gaps: [-1.9, -0.6, 1.6], damage, refusals: [0, 0, 0.1], meaning: null } as unknown as AxisReport
    expect(pointsOf(pack(), report).map(({ effect }) => Number(effect.toFixed(6)))).toEqual([-1.3, 0, 2.2])
    expect(pointsOf(pack(), report).map(({ kl }) => kl)).toEqual([0.4, 0, 0.5])
  })
  it("are those of calibration else, with damage at the ends alone", () => {
    const points = pointsOf(pack(), null)
    expect(points.map(({ dose, effect }) => [Number(dose.toFixed(2)), effect])).toEqual([[-1, -1.2], [-0.5, -0.6], [0, 0], [0.46, 1], [1, 2.2]])
    expect(points.map(({ perplexity }) => perplexity)).toEqual([1.7, null, 1, null, 1.6])
  })
  it("have round ends that hold all values", () => {
    expect(domainOf([-1.3, 2.2])).toEqual([-2, 4])
    expect(domainOf([0.98, 1.02], [0.8, 1.1]).map((one) => Number(one.toFixed(3)))).toEqual([0.8, 1.1])
    expect(domainOf([1])).toEqual([1, 1.5])
  })
  it("find the dose that is pointed at, and ink that can be read", () => {
    expect([nearest([-1, 0, 1], 0), nearest([-1, 0, 1], 0.7), nearest([-1, 0, 1], 0.8)]).toEqual([0, 1, 2])
    expect([shadeOf(0).color, shadeOf(1).color, shadeOf(1).background]).toEqual(["#ffffff", "#000000", "rgb(254 232 56)"])
  })
})
