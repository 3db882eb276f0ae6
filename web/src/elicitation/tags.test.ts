import { describe, expect, it } from "vitest"
import type { Tag } from "../client/types"
import { levelOf, MOST_TAGS, tagFrom, tagInWords, toggledTag, toneOf, wished } from "./tags"

const vocabulary: Tag[] = [
  { name: "good_color", good: true, statistic: null, wish: 0 },
  { name: "too_dark", good: false, statistic: "brightness", wish: 1 },
  { name: "too_bright", good: false, statistic: "brightness", wish: -1 },
  { name: "too_flat", good: false, statistic: "contrast", wish: 1 },
]

describe("tags", () => {
  it("go on and off", () => {
    expect(toggledTag(["too_flat"], "too_dark", vocabulary)).toEqual(["too_flat", "too_dark"])
    expect(toggledTag(["too_flat", "too_dark"], "too_dark", vocabulary)).toEqual(["too_flat"])
  })
  it("push off what says the opposite, and nothing else", () => {
    expect(toggledTag(["too_dark", "too_flat", "mine"], "too_bright", vocabulary)).toEqual(["too_flat", "mine", "too_bright"])
  })
  it("are as many as an answer takes", () => {
    const full = Array.from({ length: MOST_TAGS }, (_, i) => `word ${String(i)}`)
    expect(toggledTag(full, "one more", vocabulary)).toEqual(full)
  })
  it("read as words; a word of one's own as it was written", () => {
    expect(["too_dark", "good_color", "my_color"].map((name) => tagInWords(name, vocabulary))).toEqual(["too dark", "good colour", "my_color"])
    expect(["too_dark", "good_color", "my_color"].map((name) => toneOf(name, vocabulary))).toEqual(["bad", "good", "own"])
  })
  it("a word of one's own that the vocabulary has is the vocabulary's", () => {
    expect(tagFrom("  Too dark ", vocabulary)).toBe("too_dark")
    expect(tagFrom(" not my fox ", vocabulary)).toBe("not my fox")
    expect(tagFrom("   ", vocabulary)).toBe("")
  })
})

describe("wishes about axes", () => {
  const colour = { negative: "red", positive: "blue" }
  it("are said, then said to matter much, then taken back", () => {
    const once = wished(["too_dark"], colour, "more blue")
    const twice = wished(once, colour, "more blue")
    expect([once, twice, wished(twice, colour, "more blue")]).toEqual([["too_dark", "more blue"], ["too_dark", "more blue!"], ["too_dark"]])
  })
  it("leave one for each axis", () => {
    const size = { negative: "small", positive: "large" }
    const both = wished(wished([], colour, "more blue"), size, "large is right")
    expect(wished(both, colour, "more red")).toEqual(["large is right", "more red"])
  })
  it("say once that an axis doesn't matter: there is no more of that", () => {
    const once = wished(["more blue!"], colour, levelOf(colour))
    expect([once, wished(once, colour, levelOf(colour))]).toEqual([["blue doesn't matter"], []])
  })
})
