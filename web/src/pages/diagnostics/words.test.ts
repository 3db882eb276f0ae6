import { describe, expect, it } from "vitest"
import { deviceInWords, measuredInWords, orUnknown, queueInWords, short, stateInWords } from "./words"

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
  it("keeps states and fingerprints readable", () => {
    expect(stateInWords("odd")).toBe("odd")
    expect(short("0123456789abcdef")).toBe("0123456789ab…")
  })
})
