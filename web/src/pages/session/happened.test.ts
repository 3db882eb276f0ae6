import { expect, it } from "vitest"
import { turnInWords } from "./useCourse"
import { happenings } from "./happened"
import { setAsideInWords } from "./GoBackDialog"
import type { RoundView } from "../../client/types"

const at = (second: number) => `2026-01-01T10:00:0${String(second)}Z`

it("each phase lasts until the next, the last until the job's end", () => {
  const told = happenings({ phases: [["loading", at(0), "1"], ["generating", at(2), "1"], ["saving", at(3), "1"]], ended_at: at(7) })
  expect(told.map(({ words, took }) => [words, took])).toEqual([["loading the model", 2000], ["drawing", 1000], ["keeping the pictures", 4000]])
})
it("a phase that lasts has no end, and a new start is told", () => {
  const told = happenings({ phases: [["generating", at(0), "1"], ["generating", at(5), "2"]], ended_at: null })
  expect(told.map(({ took, isNewStart }) => [took, isNewStart])).toEqual([[5000, false], [null, true]])
})

it("going back says what is kept of the later rounds", () => {
  const words = (rounds: number) => turnInWords({ type: "revert", index: 2 }, { rounds })
  expect(words(2)).not.toContain("branch")
  expect(words(3)).toContain("The round after it is kept as a branch.")
  expect(words(5)).toContain("Its later rounds are kept as a branch.")
  expect(turnInWords({ type: "pause" }, { rounds: 2 })).toBeNull()
})
it("going back says beforehand what is set aside", () => {
  const round = (index: number, isAnswered: boolean) => ({ index, answer: isAnswered ? {} : null }) as RoundView
  const round_views = [round(1, true), round(2, true), round(3, true), round(4, false)]
  expect(setAsideInWords({ round_views }, { index: 1 })).toBe("Rounds 2 to 4 are set aside. 3 answers will count no more.")
  expect(setAsideInWords({ round_views }, { index: 3 })).toBe("Round 4 is set aside. 1 answer will count no more.")
})
