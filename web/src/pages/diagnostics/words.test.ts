import { describe, expect, it } from "vitest"
import { clock, deviceInWords, measuredInWords, measuredOf, memoryInWords, orUnknown, queueInWords, sentenceOf, short, sinceThen, stateInWords, timesInOneLine } from "./words"

describe("diagnostics in words", () => {
  it("tells unknown as unknown, and zero as zero", () => {
    expect([orUnknown(null), orUnknown(""), orUnknown(undefined)]).toEqual(Array(3).fill("not known yet"))
    expect(orUnknown(0)).toBe("0")
  })
  it("calls devices by the names people use", () => {
    expect(deviceInWords("cpu")).toBe("CPU")
    expect(deviceInWords("cuda:1")).toBe("NVIDIA graphics card (cuda:1)")
    expect(deviceInWords("tpu")).toBe("tpu")
    expect(deviceInWords(null)).toBe("not known yet")
  })
  it("tells what has changed since a round was made, and nothing of what isn't known", () => {
    const now = { device: { configured: "auto", requested: "cpu", active: "cpu", dtype: null }, platform: "Linux", python: "3.12.1", versions: { torch: "2.14", scipy: "1.18", diffusers: null } }
    expect(sinceThen({ device: "cpu", dtype: "float16", platform: "Linux", python: "3.11.7", versions: { torch: "2.13", diffusers: "0.40", pillow: "12" } }, now)).toEqual([
      "python: 3.11.7, now 3.12.1", "torch: 2.13, now 2.14",
    ])
    expect(sinceThen({}, now)).toEqual([])
  })
  it("says what a time rests on", () => {
    expect(measuredInWords(0)).toContain("no round")
    expect(measuredInWords(1)).toContain("one round")
    expect(measuredInWords(7)).toBe("the middle one of 7 rounds")
  })
  it("tells the queue", () => {
    expect(queueInWords({ queued: 0, running: 0 })).toBe("Nothing waits, nothing runs.")
    expect(queueInWords({ queued: 2, running: 1 })).toBe("1 runs, 2 wait.")
    expect(queueInWords({ queued: 1, running: 0 })).toBe("Nothing runs, 1 waits.")
  })
  it("says since when in the person's own time, with the date where the day is another", () => {
    const now = new Date(2026, 2, 1, 12, 0)
    const model = (since: Date) => ({ state: "warm", warm_since: since.toISOString() }) as Parameters<typeof sentenceOf>[0]["model"]
    const said = sentenceOf({ sentence: "Made by starter.", model: model(new Date(2026, 2, 1, 10, 2)) }, now.getTime())
    expect(said).toMatch(/^Made by starter, warm since 10:02( AM)?\.$/)
    expect(clock(new Date(2026, 1, 28, 10, 2).toISOString(), now.getTime())).toContain("28")
    expect(sentenceOf({ sentence: "No worker is running.", model: null }, now.getTime())).toBe("No worker is running.")
  })
  it("tells memory in the unit that fits, and unknown as unknown", () => {
    expect([memoryInWords(512), memoryInWords(16_384), memoryInWords(2.5e6), memoryInWords(null)]).toEqual(["512 MB", "16.4 GB", "2.5 TB", "not known yet"])
  })
  it("keeps what was measured apart by model and by what was done", () => {
    const one = (model: string, what: "load" | "round", ms: number) => ({ at: "2026-03-01T10:00:00Z", what, model, ms })
    const groups = measuredOf([one("b", "round", 300), one("a", "round", 100), one("b", "load", 5000), one("b", "round", 500)])
    expect(groups.map(({ model, what, points }) => [model, what, points.map(([, ms]) => ms)])).toEqual([
      ["a", "round", [100]], ["b", "load", [5000]], ["b", "round", [300, 500]],
    ])
    expect(timesInOneLine(groups[2]?.points ?? [])).toBe("The middle one of 2: 400 ms; the newest: 500 ms.")
    expect(timesInOneLine(groups[0]?.points ?? [])).toBe("Measured once: 100 ms.")
  })
  it("keeps states and fingerprints readable", () => {
    expect(stateInWords("odd")).toBe("odd")
    expect(short("0123456789abcdef")).toBe("0123456789ab…")
  })
})
