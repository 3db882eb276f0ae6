import { describe, expect, it } from "vitest"
import { epochAt, viewOf } from "./address"
import { colours, painted, type Sources } from "./colouring"
import type { Grid } from "./files"
import { categorical, ramp, rgbOf } from "./palette"
import { shadesOf } from "./raster"
import { countsOf, rowsOf, shownOf } from "./selecting"

const THEMES = ["light", "dark"] as const

/** Lightness and hue as eyes have them (Ottosson 2020, OKLab). */
function oklab(hex: string): [number, number, number] {
  const [r, g, b] = rgbOf(hex).map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number]
  const [l, m, s] = [0.4122 * r + 0.5363 * g + 0.0514 * b, 0.2119 * r + 0.6807 * g + 0.1074 * b, 0.0883 * r + 0.2817 * g + 0.63 * b].map(Math.cbrt) as [number, number, number]
  return [0.2105 * l + 0.7936 * m - 0.0041 * s, 1.978 * l - 2.4286 * m + 0.4506 * s, 0.0259 * l + 0.7828 * m - 0.8087 * s]
}

describe("colours", () => {
  it.each(THEMES)("has twelve of %s that can be told apart", (theme) => {
    const all = categorical(12, theme).map(oklab)
    all.forEach((a, i) => {
      for (const b of all.slice(i + 1)) expect(Math.hypot(...a.map((one, d) => one - (b[d] ?? 0)))).toBeGreaterThan(0.12)
    })
    expect(new Set(categorical(24, theme)).size).toBe(24)
  })

  it.each(THEMES)("goes one way in lightness from least to most of %s", (theme) => {
    const light = ramp(theme).map((hex) => oklab(hex)[0])
    expect(light).toEqual([...light].sort((a, b) => a - b))
  })
})

const SOURCES: Sources = {
  config: { viz_indices: [5, 9, 40], data: { name: "x", sha256: "", class_names: ["a", "b"], viz_labels: [1, 0, 1] }, training: { kind: "gmvae" } },
  map: { data: { points: [[0, 0], [1, 1], [2, 2]] }, trust: { k: 4, lost: [0, 0.5, 1], trustworthiness: 0.9 } },
  health: { components: 3, data: { component: [2, 2, 0], uncertainty: [0, 0, 0], confidence: [1 / 3, 2 / 3, 1] } },
  distortion: { k: 4, ratios: [1, null, 3], grid: { nx: 1, ny: 1 }, bounds: { x_min: 0, x_max: 1, y_min: 0, y_max: 1 }, values: [1], stats: null },
}

describe("what a point's colour says", () => {
  it("counts each label under its name", () => {
    const { legend, classes } = painted("label", SOURCES, "light")
    expect([...classes]).toEqual([1, 0, 1])
    expect("groups" in legend && legend.groups.map(({ name, count }) => [name, count])).toEqual([["a", 1], ["b", 2]])
  })

  it("lays confidence between 1/K and 1, and leaves unknown ones grey", () => {
    const sure = painted("confidence", SOURCES, "dark")
    expect([sure.classes[0], sure.classes[2]]).toEqual([0, sure.palette.length - 2])
    const ratio = painted("distortion", SOURCES, "dark")
    expect(ratio.classes[1]).toBe(ratio.palette.length - 1)
  })

  it("offers only what the run has kept", () => {
    expect(colours(SOURCES)).toEqual(["label", "component", "confidence", "distortion", "lost"])
    const bare = { ...SOURCES, config: { ...SOURCES.config, data: { ...SOURCES.config.data, viz_labels: null } }, health: undefined, distortion: undefined }
    expect(colours(bare)).toEqual(["lost"])
  })
})

describe("what is chosen", () => {
  it("counts classes, the most first", () => {
    expect(countsOf([0, 1, 2], [1, 0, 1], String)).toEqual([{ group: 1, name: "1", count: 2, share: 2 / 3 }, { group: 0, name: "0", count: 1, share: 1 / 3 }])
  })

  it("finds the rows of pictures, and passes over those that it lacks", () => {
    expect(rowsOf(SOURCES.config, [40, 7, 5])).toEqual([2, 0])
  })

  it("shows what isn't hidden", () => {
    expect(shownOf(new Uint16Array([0, 1, 0]), new Set([0]))).toEqual([1])
    expect(shownOf(new Uint16Array([0, 1, 0]), new Set())).toBeNull()
  })
})

describe("overlays", () => {
  const grid = (values: (number | null)[], max: number): Grid => ({ grid: { nx: 2, ny: 2 }, bounds: { x_min: 0, x_max: 1, y_min: 0, y_max: 1 }, values, stats: { min: 0, max } })
  const coverOf = (pixels: Uint8ClampedArray) => [3, 7, 11, 15].map((at) => pixels[at])

  it("has the row of the greatest y on top and covers most where most is", () => {
    const covers = coverOf(shadesOf("posterior", grid([0, 1, 4, 0], 4), undefined, "light"))
    expect(covers[0]).toBe(Math.max(...covers.map(Number)))
    expect([covers[1], covers[2]]).toEqual([0, 0])
    expect(covers[3]).toBe(Math.round((covers[0] ?? 0) / 2))
  })

  it("colours the gap by its sign and leaves what is equal clear", () => {
    const pixels = shadesOf("gap", grid([1, 1, 0, 2], 2), grid([1, 2, 0, 1], 2), "dark")
    expect(coverOf(pixels).map((cover) => Number(cover) > 0)).toEqual([false, true, false, true])
    expect([...pixels.slice(4, 7)]).not.toEqual([...pixels.slice(12, 15)])
  })

  it("says nothing where nothing is known", () => {
    expect(coverOf(shadesOf("distortion", grid([null, 1, 2, null], 2), undefined, "light")).map((cover) => Number(cover) > 0)).toEqual([true, false, false, true])
  })
})

describe("the address of a map", () => {
  it("takes what it knows and nothing else", () => {
    expect(viewOf({ epoch: 3, picture: 0, method: "pca", dims: 3, colour: "lost", more: 1 })).toEqual({ epoch: 3, picture: 0, method: "pca", dims: 3, colour: "lost" })
    expect(viewOf({ epoch: -1, picture: "x", method: "tsne", dims: 4, colour: "red" })).toEqual({})
  })

  it("shows the newest epoch, or the last one before that which was asked for", () => {
    expect([epochAt([5, 10], undefined), epochAt([5, 10], 9), epochAt([5, 10], 1), epochAt([], 1)]).toEqual([10, 5, 5, undefined])
  })
})
